"""Rows of the noun `logs`: event logs in and out."""
