"""Cases of an imported log: facts of another system, in streams of their own, never decisions."""

from typing import Any

from casetrack.domain.events import TYPE_PREFIX, Event, instant

RECORDED = TYPE_PREFIX + "imported.activity_recorded"
#: A trace in which the log has no event: that there was such a case is all that is known of it.
EMPTY = TYPE_PREFIX + "imported.empty_trace_recorded"
#: Stored beside every folded row.
IMPORT_FOLD_VERSION = 1

State = dict[str, Any]


def import_stream(source: str, trace: int) -> str:
    """The stream of one trace of one log; `source` is the head of the log's digest."""
    return f"import/{source}/{trace}"


def fold_import(state: State | None, event: Event) -> State:
    """What is known of an imported case after this event: of one size, however long the trace.

    The first event of a stream names the log, the trace and, where it has one, its name.
    """
    data = event.data
    before = state or {
        "source": data["source"],
        "trace": data["trace"],
        "name": data.get("name"),
        "events": 0,
        "first_at": instant(event.occurred_at),
    }
    if event.type == EMPTY:
        return {
            **before,
            "first_at": None,
            "last_at": None,
            "last_activity": None,
            "last_group": None,
            "next_index": 0,
        }
    return {
        **before,
        "events": before["events"] + 1,
        "last_at": instant(event.occurred_at),
        "last_activity": data["activity"],
        "last_group": data.get("group"),
        "next_index": data["index"] + 1,
    }
