"""Rows of the noun `proof`: ledger, verify, rebuild: what can be shown afterwards."""
