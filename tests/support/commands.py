"""The command line in this process: quick, and it leaves the tests' logging as it was."""

import logging
import os
from collections.abc import Mapping, Sequence

from click.testing import CliRunner, Result

from casetrack.cli.main import main


def run_command(environment: Mapping[str, str], words: Sequence[str], stdin: str = "") -> Result:
    """`casetrack` with these words; an error that is no exit is raised, not swallowed."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    mask = os.umask(0o077)
    try:
        result = CliRunner().invoke(main, list(words), input=stdin, env=environment)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        os.umask(mask)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
