"""Use cases of the noun `logs`: event logs in and out."""
