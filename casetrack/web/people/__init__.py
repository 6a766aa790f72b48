"""HTTP of the noun `people`: what is done to accounts."""
