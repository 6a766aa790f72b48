"""Alembic history, numbered by hand so that the folder reads as one."""
