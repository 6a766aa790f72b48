"""Event logs as files."""
