"""Complaints against their events: each row is the fold of its stream, and each text is the one that an
event refers to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.case.complaint_fold import begun, folded
from casetrack.domain.case.complaints import STREAM, Complaint
from casetrack.domain.events import Event
from casetrack.domain.proof.verdict import UNREADABLE, Fault
from casetrack.storage.case.complaint_rows import folded_values
from casetrack.storage.proof.row_tables import plain
from casetrack.storage.proof.stored_rows import Reader
from casetrack.usecases.case.complaint_sight import digest_of
from casetrack.usecases.case.complaint_texts import open_text, text_keys
from casetrack.usecases.context import Context

_KIND = "complaint"


@dataclass
class FoldedComplaints:
    """The complaints of a region as their events say them, and the texts that these refer to."""

    states: dict[str, Complaint] = field(default_factory=dict)
    #: Text → its complaint and the HMAC.
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: Streams that no rule here made.
    broken: dict[str, str] = field(default_factory=dict)

    def look(self, event: Event) -> None:
        """Take in an event of a complaint; others are passed over."""
        if not event.stream.startswith(STREAM):
            return
        number = event.stream.removeprefix(STREAM)
        try:
            if event.version == 1:
                by = event.actor["id"] if event.actor["kind"] == "officer" else None
                self.states[number] = begun(number, event.data, by)
            else:
                at = event.occurred_at
                self.states[number] = folded(self.states[number], event.type, event.data, at)
            for name in ("text", "contact"):
                if (said := event.data.get(name)) is not None:
                    self.texts[said["text"]] = (number, said["hmac"])
            # Under another person's key since: the words are the same, their HMAC is not.
            for said in event.data.get("moved", ()):
                self.texts[said["text"]] = (number, said["hmac"])
        except UNREADABLE as error:
            self.broken[number] = f"no rule of casetrack made version {event.version}: {error}"


def check(ctx: Context, reader: Reader, region: str, found: FoldedComplaints) -> Iterator[Fault]:
    """Every row that is missing, too many or otherwise; every text that is not what was said."""
    rows = {row["complaint"]: row for row in reader.all_rows("complaints", region)}
    for number, detail in found.broken.items():
        yield _fault(region, number, detail)
    for number in sorted({*rows, *found.states} - {*found.broken}):
        state, row = found.states.get(number), rows.get(number)
        if state is None or row is None:
            yield _fault(region, number, "a row without events, or events without a row")
        elif names := different(ctx, region, state, row):
            yield _fault(region, number, f"its row differs from its events in {', '.join(names)}")
    yield from _texts(ctx, reader, region, found, rows)


def different(ctx: Context, region: str, state: Complaint, row: Mapping[str, Any]) -> list[str]:
    """The columns in which a row is not what the events make of it."""
    expected = plain(folded_values(region, state))
    expected["named"] = bool(expected["named"])
    stored = {**row, "named": bool(row["named"])}
    names = [name for name, value in expected.items() if stored[name] != value]
    officer = row["about_officer"]
    about = digest_of(ctx, region, state.number, officer) if officer is not None else None
    return [*names, *(["about_officer"] if about != state.about else [])]


def _texts(
    ctx: Context,
    reader: Reader,
    region: str,
    found: FoldedComplaints,
    rows: Mapping[str, Mapping[str, Any]],
) -> Iterator[Fault]:
    left = dict(found.texts)
    keys = text_keys(ctx, reader.connection, region, rows)
    for row in reader.all_rows("complaint_texts", region):
        number, name = row["complaint"], row["text"]
        said = left.pop(name, None)
        if said is None or said[0] != number:
            yield _fault(region, number, f"the text {name} is there and no event refers to it")
            continue
        # Of who was erased no key is left, and nothing can be compared.
        key = keys.get(number)
        if key is not None and open_text(ctx, region, key, name, bytes(row["sealed"])) != said[1]:
            yield _fault(region, number, f"the text {name} is not the one that was said")
    for name, (number, _) in left.items():
        # What was said goes with the person who said it, as their key does.
        if number not in found.broken and number in keys:
            yield _fault(region, number, f"the text {name} is gone")


def _fault(region: str, number: str, detail: str) -> Fault:
    return Fault(_KIND, region, f"{STREAM}{number}", None, detail)
