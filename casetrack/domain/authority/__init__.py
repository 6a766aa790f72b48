"""By what right somebody acts: what the register says, and the check that reads it.

Read in this order: entries (what is recorded), documents (their JSON), register (who holds what on a
day), chain (the power of a position), passport (the proof), check (the answer). Then what is asked of
the whole: turns (days on which something changes), holders (who holds what, asked often), questions
(radar, what would stop, what may I do), coverage (of the catalogue, and powers with nobody or two),
lives and findings (faults of the papers, worded in faults).
"""
