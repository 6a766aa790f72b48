"""Which region a command or a case number is about."""

from casetrack.domain.errors import BadInput
from casetrack.storage.region import regions
from casetrack.usecases.context import Context


def choose(ctx: Context, named: str | None) -> str:
    """The region that a command is about: the named one, or the only one. Raises BadInput."""
    with ctx.database.read() as connection:
        known = regions.regions(connection)
    there = f"there are {', '.join(known)}" if known else "load one with casetrack load DIR"
    if named is not None and named not in known:
        raise BadInput(f"--region: there is no region {named}; {there}")
    if named is None and len(known) != 1:
        raise BadInput(f"--region: name one; {there}")
    return named or known[0]


def of_case(ctx: Context, number: str) -> str:
    """The region whose letters a case number begins with. Raises BadInput."""
    letters = number.partition("-")[0].upper()
    with ctx.database.read() as connection:
        region = regions.region_of_letters(connection, letters)
    if region is None:
        raise BadInput(f"{number}: no region has the letters {letters}")
    return region
