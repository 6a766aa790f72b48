"""Floor 6: the command line. Starts what it names."""
