"""E-mail: sending it, and what came back."""
