"""Rows of the noun `authority`: by what right somebody acts: register, check, passport."""
