"""What these tests may ask for: see tests/support/fixtures.py."""

from tests.support.fixtures import sqlite_url

__all__ = ["sqlite_url"]
