"""The status of a case for anybody with its number; more with the access code, not to be guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Busy, NotFound
from casetrack.domain.service.definition import ServiceDefinition
from casetrack.storage import stored_answers
from casetrack.storage.case import queries
from casetrack.storage.region import regions
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case.reading import case_texts
from casetrack.usecases.context import Context

#: Wrong access codes allowed in the window: from one address for one case, and for one case.
GUESSES_OF_ONE = 5


GUESSES_OF_ALL = 50


GUESS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Status:
    """A case as its applicant may see it; `detailed` when the access code was right."""

    state: CaseState
    definition: ServiceDefinition
    region: RegionRecord
    detailed: bool
    defects: tuple[Mapping[str, Any], ...] = ()


def status(ctx: Context, number: str, code: str | None, address: str) -> Status:
    """The status of a case. Raises Invalid for a malformed number, NotFound, Busy when guessing.

    An unknown case and a wrong code are the same answer.
    """
    code = tidy_code(code or "") or None
    with ctx.database.read() as connection:
        code_of, parsed = regions.case_of_number(connection, number)
        row = queries.case(connection, code_of, str(parsed)) if code_of else None
    if code is not None:
        _check_guesses(ctx, str(parsed), address)
    if row is None or code_of is None:
        if code is not None:
            _count_guess(ctx, str(parsed), address)
        raise _unknown_status()
    if code is not None and not _code_fits(ctx, row.state, code):
        _count_guess(ctx, str(parsed), address)
        raise _unknown_status()
    region = ctx.region(code_of, row.revision)[0]
    definition = ctx.definition(row.state.region, row.state.service, row.state.service_version)
    if code is None:
        return Status(row.state, definition, region, detailed=False)
    return Status(
        row.state, definition, region, detailed=True, defects=_sent_defects(ctx, row.state)
    )


def _unknown_status() -> NotFound:
    return NotFound(
        "unknown_case", "There is no case with this number, or the access code does not fit it."
    )


def _code_fits(ctx: Context, state: CaseState, code: str) -> bool:
    given = ctx.vault.access_digest(state.number, code)
    return bool(state.access_digest) and ctx.vault.equal(given, state.access_digest)


def _buckets(number: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"{number}|{address[:45]}", GUESSES_OF_ONE), (number, GUESSES_OF_ALL)


def _check_guesses(ctx: Context, number: str, address: str) -> None:
    since = ctx.database.now() - GUESS_WINDOW
    with ctx.database.read() as connection:
        for bucket, most in _buckets(number, address):
            if stored_answers.wrong_guesses(connection, bucket, since) >= most:
                raise Busy(
                    "too_many_guesses",
                    "Too many wrong access codes for this number; try again in a quarter of an "
                    "hour, or ask at the counter for a new code.",
                    retry_after=int(GUESS_WINDOW.total_seconds()),
                )


def _count_guess(ctx: Context, number: str, address: str) -> None:
    with ctx.database.write() as uow:
        for bucket, _ in _buckets(number, address):
            stored_answers.count_guess(uow, bucket, ctx.database.now(), GUESS_WINDOW)


def _sent_defects(ctx: Context, state: CaseState) -> tuple[Mapping[str, Any], ...]:
    sent = [defect for defect in state.defects if defect["sent"]]
    if not sent:
        return ()
    texts = case_texts(ctx, state.region, state.number)
    return tuple(
        {"requirement": d["requirement"], "text": texts.get(d.get("text", ""))} for d in sent
    )
