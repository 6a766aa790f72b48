"""An action on a case as it comes in, its texts still to be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetrack.domain.case.commands import Details
from casetrack.domain.people import visible
from casetrack.domain.people.stored_files import KeptFile


@dataclass(frozen=True, slots=True)
class Doing:
    """An action as it comes in: texts are still texts."""

    action: str
    step: str | None = None
    reason: str | None = None
    note: str | None = None
    result: str | None = None
    defects: Sequence[Mapping[str, Any]] = ()
    assignee: str | None = None
    as_position: str | None = None
    late: str | None = None
    documents: Sequence[Mapping[str, Any]] = ()
    details: Details | None = None
    links: Sequence[Mapping[str, Any]] = ()
    #: Of `refuse`: why, though the limit of law has passed.
    after_limit: str | None = None
    #: Who signs knows that letters of the draft come out as codes.
    as_codes: bool = False
    #: Puts the file of the one document into the store; called when nothing of the request itself
    #: speaks against it.
    keep: Callable[[], KeptFile] | None = None

    @property
    def free_text(self) -> str:
        """What must be sealed. The reason for doing something to a step is somebody's own words."""
        own = self.step is not None and self.action != "declare_complete"
        words = (self.note, self.reason if own else None)
        return "\n".join(word for word in words if word)

    @property
    def printed_reason(self) -> str | None:
        """The reason for declaring a file complete is printed, and that for refusing after the limit
        of law stands in the passport, so it stands apart from the note.

        One in which nothing can be seen, as an empty field of a form, is none.
        """
        why = {"declare_complete": self.reason, "refuse": self.after_limit}.get(self.action)
        return why if why and visible.without_unseen(why) else None
