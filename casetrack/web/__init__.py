"""Floor 5: the HTTP door. Parses, calls a use case, answers."""
