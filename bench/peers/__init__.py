"""Other programs with the same work, to be measured beside ours. Each script runs in an environment of its own.

None of them is imported by casetrack or by its benchmark; `environments.py` starts them.
"""
