"""Subscribers' endpoints: signing and posting."""
