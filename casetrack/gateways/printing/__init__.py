"""Sheets of paper as PDF, set by Typst."""
