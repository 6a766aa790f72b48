"""By what right somebody acts: what the register says, and the check that reads it.

Read in this order: entries (what is recorded), documents (their JSON), register (who holds what on a
day), chain (the power of a position), passport (the proof), check (the answer), findings (faults of
the papers), questions (what people ask of the register).
"""
