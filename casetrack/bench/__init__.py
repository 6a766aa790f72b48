"""Floor 6: the benchmark. Real processes, a region of its own, everything removed afterwards."""
