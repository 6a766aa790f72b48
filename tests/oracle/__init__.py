"""Slow second opinions: written from the law's text, sharing no rule with the product."""
