"""Files that are kept: where they lie, how they are sealed, opened and scanned."""
