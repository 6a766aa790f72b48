"""A region's folder of YAML files, and its calendar."""
