"""Rows of the noun `service`: what can be applied for: definitions, facts, notices."""
