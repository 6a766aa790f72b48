"""Use cases of the noun `region`: a city or district and what belongs to it."""
