"""`casetrack workers`: dramatiq's own command, started from wherever somebody stands."""

from argparse import ArgumentParser
from pathlib import Path

from dramatiq.cli import main, make_argument_parser

import workers


def run(processes: int, threads: int) -> int:
    """Attempt deliveries until stopped; gives the exit status."""
    # Dramatiq looks for modules in the folder where it was started before all others, and there may
    # lie another folder of the name casetrack or workers.
    home = str(Path(workers.__file__).parent.parent)
    words = ["workers", "--processes", str(processes), "--threads", str(threads), "--skip-logging"]
    parser: ArgumentParser = make_argument_parser()  # type: ignore[no-untyped-call]
    status = main(parser.parse_args([*words, "--path", home]))  # type: ignore[no-untyped-call]
    return int(status or 0)
