"""Floor 3: the world outside. Every error says whether it is permanent."""
