"""What these tests may ask for: see tests/support/fixtures.py."""

from tests.support.fixtures import (
    database_url,
    postgres_template,
    postgres_url,
    sqlite_url,
    world,
)

__all__ = ["database_url", "postgres_template", "postgres_url", "sqlite_url", "world"]
