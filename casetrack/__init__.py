"""casetrack: where a case is, by what right it was decided, and whether its time limit was kept."""

__version__ = "0.1.0"
