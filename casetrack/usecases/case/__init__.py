"""Use cases of the noun `case`: one application, from the counter to the hand-over."""
