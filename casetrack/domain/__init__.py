"""Floor 1: the rules. Standard library only; now, ids and calendars come in as arguments."""
