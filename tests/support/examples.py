"""How many examples a test looks at: the usual number, few for a quick look, or as many as asked.

CASETRACK_TEST_EXAMPLES=few is what `make unit` says; a number, such as 10000, asks for so many of each
kind, and for others each time.
"""

import os

WANTED = os.environ.get("CASETRACK_TEST_EXAMPLES", "")
#: The number that was asked for, 0 where none was.
MANY = int(WANTED) if WANTED.isdecimal() else 0
FEWEST = 5


def examples(usual: int) -> int:
    """How many, where so many are usual: half of them on every landing, all and more in a long run."""
    if WANTED == "few":
        return max(usual // 10, FEWEST)
    return MANY if usual < MANY else max(usual // 2, FEWEST)
