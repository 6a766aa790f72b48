"""Floor 2: SQLAlchemy Core lives here and nowhere else."""
