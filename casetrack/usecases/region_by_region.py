"""Rounds of the clock go region by region: what fails in one region stops that one alone."""

from collections.abc import Callable

from casetrack.storage.region import regions
from casetrack.usecases.context import Context


def in_each_region(ctx: Context, once: Callable[[Context, str], int]) -> int:
    """What `once` gives for each region, added up; who listens is told when anything was done.

    A region that fails does not keep the others waiting: its error is raised when they are done.
    """
    with ctx.database.read() as connection:
        known = regions.regions(connection)
    done, failed = 0, None
    for region in known:
        try:
            done += once(ctx, region)
        except Exception as error:
            failed = failed or error
    if done:
        ctx.wake()
    if failed is not None:
        raise failed
    return done
