"""What people ask of register and cases together: radar, coverage, findings, what would stop."""
