"""Rows of the noun `people`: parties, contact data and subjects."""
