"""What the streams beside a case say of it: deadlines that were noted, decisions that were questioned,
steps that nobody may take, files that were scanned later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from casetrack.domain.events import instant, parse_instant
from casetrack.domain.proof.verdict import UNREADABLE
from casetrack.storage.proof.stored_rows import Reader

#: Those that make rows.
_READ = ("deadline", "authority", "waiting", "files")


@dataclass(frozen=True, slots=True)
class Notice:
    """A deadline that was noted in the case's companion stream."""

    step: str
    due_at: str
    missed: bool


@dataclass
class Beside:
    """Of one case."""

    notices: list[Notice] = field(default_factory=list)
    #: Version of the decision → the code of what was first recorded against it.
    questions: dict[int, str] = field(default_factory=dict)
    #: Step → what was told last: the version of the service, what is missing, and until when.
    stalled: dict[str, tuple[dict[str, Any], str, str | None]] = field(default_factory=dict)
    #: File → what a scanner said later, and its version.
    scans: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    #: The sealed texts of its documents that are there.
    texts: set[str] = field(default_factory=set)

    def add(self, kind: str, body: Any) -> None:
        """Take in an event of a companion stream; what cannot be read is its chain's fault."""
        try:
            fields = json.loads(body)
            data = fields["data"]
            if kind == "deadline":
                due = instant(parse_instant(data["due_at"]))
                missed = fields["type"].endswith(".missed")
                self.notices.append(Notice(data["step"] or "", due, missed))
            elif kind == "waiting":
                self._wait(fields["type"], data)
            elif kind == "files":
                if fields["type"].endswith(".scanned"):
                    self.scans[data["file"]] = (data["scan"], data["base"])
            elif fields["type"].endswith(".questioned"):
                self.questions.setdefault(data["decision"]["version"], data["code"])
        except UNREADABLE:
            pass

    def _wait(self, event_type: str, data: Any) -> None:
        if event_type.endswith(".stalled"):
            self.stalled[data["step"]] = (data["now"]["service"], data["cover"], data["until"])
        else:
            self.stalled.pop(data["step"], None)


def beside(reader: Reader, region: str, numbers: Sequence[str]) -> dict[str, Beside]:
    """What was noted of these cases, by number."""
    found = {number: Beside() for number in numbers}
    streams = [f"{kind}/{number}" for number in numbers for kind in _READ]
    for stream, body in reader.bodies(region, streams):
        kind, _, number = stream.partition("/")
        found[number].add(kind, body)
    for number, text in reader.texts_of_documents(region, numbers):
        found[number].texts.add(text)
    return found
