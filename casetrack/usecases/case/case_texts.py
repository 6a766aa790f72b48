"""The words that were written about a case: opened, and those of colleagues with who wrote them, when."""

from typing import Any

from casetrack.domain.case.withheld import is_kept_back
from casetrack.domain.events import Event, instant
from casetrack.domain.people.readers import Shown
from casetrack.storage.case import case_events
from casetrack.storage.people import sealed_rows
from casetrack.storage.people.sealed_rows import SealedText
from casetrack.usecases.context import Context
from casetrack.usecases.people.sealing import open_texts


def case_texts(ctx: Context, region: str, number: str, *kinds: str) -> dict[str, str]:
    """The case's texts of these kinds by id; those of an erased person are not there."""
    return open_texts(ctx, region, sealed(ctx, region, number, *kinds))


def sealed(ctx: Context, region: str, number: str, *kinds: str) -> list[SealedText]:
    """The same texts as they are kept: sealed, each with the key that opens it."""
    with ctx.database.read() as connection:
        return sealed_rows.texts_of_case(connection, region, number, kinds)


def notes(
    ctx: Context,
    region: str,
    number: str,
    rows: list[SealedText],
    texts: dict[str, str],
    shown: Shown,
) -> list[dict[str, Any]]:
    """What colleagues wrote, oldest first: the events say who, when and at what, the texts the words.

    What was written of a change of the people, or of a close, is for who reads persons in full.
    """
    written = [row for row in rows if row.kind == "note"]
    if not written:
        return []
    # Why somebody was joined or kept apart stands in the stream of the person.
    streams = [number, *sorted({f"subject/{row.subject}" for row in written})]
    with ctx.database.read() as connection:
        bodies = case_events.with_words(connection, region, streams)
    found = []
    for event in map(Event.from_body, bodies):
        if shown != "full" and is_kept_back(event.type, event.data):
            continue
        for name in case_events.WORDS:
            said = event.data.get(name)
            if isinstance(said, dict) and said.get("text") in texts:
                found.append(_note(event, texts[said["text"]]))
    return found


def _note(event: Event, text: str) -> dict[str, Any]:
    return {
        "at": instant(event.recorded_at),
        "by": event.actor["id"],
        "step": event.data.get("step"),
        "action": event.data.get("action"),
        "result": event.data.get("result"),
        "text": text,
    }
