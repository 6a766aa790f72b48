"""Floor 3: load, decide, append, commit. No rules, no SQL, no Flask."""
