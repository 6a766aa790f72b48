"""Who does it at the command line: the name that stands in the trace of administration."""

import getpass
import os
from collections.abc import Callable
from typing import TypeVar

import click

from casetrack.domain.errors import BadInput
from casetrack.domain.people.contact import FORMS
from casetrack.domain.region.region_data import LOGIN_PATTERN

F = TypeVar("F", bound=Callable[..., object])


def by_operator(command: F) -> F:
    """The option that says who does it; the command reads it with `operator_name`."""
    return click.option(
        "--operator",
        metavar="NAME",
        help="Who does this; default: your account here. It stands in the ledger for good.",
    )(command)


def operator_name(given: str | None) -> str:
    """The given name, or the account's on this machine. Raises BadInput.

    Behind sudo it is who called sudo: all of them are root otherwise.
    """
    try:
        name = given or os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        name = ""
    if FORMS["nik"].fits(name):
        raise BadInput(
            "--operator: this is a NIK, which would stand in the ledger for good; give a name"
        )
    if not LOGIN_PATTERN.fullmatch(name):
        raise BadInput("--operator: give your name as 2 to 64 small letters, digits and . _ -")
    return name
