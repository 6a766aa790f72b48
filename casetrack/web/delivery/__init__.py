"""Doors of the noun `delivery`: messages and webhooks on their way to receivers."""
