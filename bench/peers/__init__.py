"""Other programs with the same work, to be measured beside ours, each in an environment of its own.

None of them is imported by casetrack or by its benchmark; `environments.py` starts them.
"""
