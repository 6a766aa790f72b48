"""Doors of the noun `service`: what can be applied for."""
