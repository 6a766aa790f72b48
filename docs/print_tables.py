"""Prints docs/transitions.md and docs/notices.md from the code; a test holds them together."""

from pathlib import Path

from casetrack.domain import notices
from casetrack.domain.transitions import (
    ACTION_KINDS,
    CASE_ACTION_ROLES,
    CASE_ACTIONS,
    CASE_STATUSES,
    STEP_ACTIONS,
    STEP_STATUSES,
    WORKABLE_CASE,
)


def _table(actions: object, statuses: tuple[str, ...]) -> list[str]:
    assert isinstance(actions, dict)
    lines = [
        "| action | " + " | ".join(statuses) + " |",
        "|---" * (len(statuses) + 1) + "|",
    ]
    for action, row in actions.items():
        lines.append(f"| {action} | " + " | ".join(row.get(s, "") for s in statuses) + " |")
    return lines


def printed() -> str:
    """The whole page."""
    lines = [
        "# Transitions",
        "",
        "Printed by `make docs` from `casetrack/domain/transitions.py`. Rows are actions, columns "
        "the status now, cells the status afterwards; an empty cell is refused with 409.",
        "",
        "## Case",
        "",
        *_table(CASE_ACTIONS, CASE_STATUSES),
        "",
        "`resubmit` leads back to `submitted` where the file was not declared complete. A case is "
        "granted when its last deciding, signing or issuing step is completed, and refused when a "
        "decide step is.",
        "",
        "## Step",
        "",
        *_table(STEP_ACTIONS, STEP_STATUSES),
        "",
        "`complete` on a completed step is for repeatable ones; `reassign` naming nobody gives `ready`.",
        "",
        "## Which steps, in which cases",
        "",
        "| action | kinds of step | status of the case |",
        "|---|---|---|",
        *(
            f"| {action} | {', '.join(ACTION_KINDS.get(action, ('every',)))} | {', '.join(cases)} |"
            for action, cases in WORKABLE_CASE.items()
        ),
        "",
        "## Who, for the case as a whole",
        "",
        "| action | roles of the front office |",
        "|---|---|",
        *(f"| {action} | {', '.join(roles)} |" for action, roles in CASE_ACTION_ROLES.items()),
        "",
    ]
    return "\n".join(lines)


def printed_notices() -> str:
    """What tells whom where a service says nothing."""
    lines = [
        "# What tells whom",
        "",
        "Printed by `make docs` from `casetrack/domain/notices.py`. Cells are the channels allowed, in "
        "the order in which they are tried where the party has no wish of its own. A service may change "
        "it with `notices` ([region files](region-files.md)).",
        "",
        "| event | says | " + " | ".join(notices.PARTIES) + " |",
        "|---" * (len(notices.PARTIES) + 2) + "|",
    ]
    for kind, says in notices.TOLD.items():
        cells = (", ".join(notices.DEFAULT[kind][party]) for party in notices.PARTIES)
        lines.append(f"| {kind} | {says} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


PAGES = {"transitions.md": printed, "notices.md": printed_notices}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(__file__).with_name(name).write_text(page())
