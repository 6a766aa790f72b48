"""Prints pages of docs/ from the code: transitions, notices, the rules of authority, error codes.

Tests hold the pages and the code together.
"""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import get_args

from casetrack.domain.access import OPERATION_ROLES
from casetrack.domain.authority.check import REFUSAL_CODES
from casetrack.domain.authority.faults import FAULTS
from casetrack.domain.case.transitions import (
    ACTION_KINDS,
    AUTHORITY_ACTION_ROLES,
    AUTHORITY_ACTIONS,
    CASE_ACTION_ROLES,
    CASE_ACTIONS,
    CASE_STATUSES,
    CORRECTION_ACTIONS,
    CORRECTION_ROLES,
    OPEN_CASE,
    PARTY_ACTION_ROLES,
    PARTY_ACTIONS,
    PRODUCT_ACTION_ROLES,
    PRODUCT_ACTIONS,
    PRODUCT_STATES,
    RECEIVE,
    RESULTS,
    STEP_ACTIONS,
    STEP_STATUSES,
    WORKABLE_CASE,
    ProductState,
)
from casetrack.domain.service import notices
from casetrack.gateways.messages import text_places
from casetrack.gateways.messages.message_texts import names
from casetrack.web.http.problem_list import GROUPS

#: What nobody does but the clock process.
_CLOCK = ("clock",)


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
        "Printed by `make docs` from `casetrack/domain/case/transitions.py`. Rows are actions, columns "
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
        "## Which results complete a step",
        "",
        "Steps of other kinds take any word, or none.",
        "",
        "| kind of step | results |",
        "|---|---|",
        *(f"| {kind} | {', '.join(results)} |" for kind, results in RESULTS.items()),
        "",
        "## Who, for the case as a whole",
        "",
        "| action | roles of the front office |",
        "|---|---|",
        *(f"| {action} | {', '.join(roles)} |" for action, roles in CASE_ACTION_ROLES.items()),
        "",
        "## Documents",
        "",
        f"`{RECEIVE}` leaves the status as it is: in a case that is {', '.join(OPEN_CASE)}, by "
        f"{' or '.join(OPERATION_ROLES[RECEIVE])} of the front office. Once a step that decides, signs "
        "or issues is completed, only while the case is returned.",
        "",
        "## The people of a case",
        "",
        "The status of the case stays, but that `confirm_death` closes an open or decided case of a "
        "service that does not pass to heirs. `end_power` is also the clock's, after the last day.",
        "",
        "| action | status of the case | roles of the front office |",
        "|---|---|---|",
        *(
            f"| {action} | {', '.join(cases)} | {', '.join(PARTY_ACTION_ROLES[action])} |"
            for action, cases in PARTY_ACTIONS.items()
        ),
        "",
        "## About authority",
        "",
        "The status of the case stays. Conflicts of interest and papers of a time without the system "
        "come before the decision, what becomes of the product after it.",
        "",
        "| action | status of the case | roles |",
        "|---|---|---|",
        *(
            f"| {action} | {', '.join(cases)} | {', '.join(AUTHORITY_ACTION_ROLES[action])} |"
            for action, cases in AUTHORITY_ACTIONS.items()
        ),
        "",
        "## Products",
        "",
        *_table(PRODUCT_STATES, get_args(ProductState)),
        "",
        "A product is signed with its last signature, and issued with it where no step issues it and "
        "nobody has to say its number or last day. `voided` is what was not issued when the case ended "
        "otherwise; a number that it has stays its own.",
        "",
        "| action | status of the case | roles |",
        "|---|---|---|",
        *(
            f"| {action} | {', '.join(cases)} | {', '.join(PRODUCT_ACTION_ROLES.get(action, _CLOCK))} |"
            for action, cases in PRODUCT_ACTIONS.items()
        ),
        "",
        "## What is put right",
        "",
        "The status of the case stays. The counter corrects facts until the file is complete, then an "
        "agency whose step rests on them, until the last signature; what another issued is corrected by "
        "the agency that notes it.",
        "",
        "| action | status of the case | roles |",
        "|---|---|---|",
        *(
            f"| {action} | {', '.join(cases)} | {', '.join(CORRECTION_ROLES)} |"
            for action, cases in CORRECTION_ACTIONS.items()
        ),
        "",
    ]
    return "\n".join(lines)


def printed_notices() -> str:
    """What tells whom where a service says nothing."""
    lines = [
        "# What tells whom",
        "",
        "Printed by `make docs` from `casetrack/domain/service/notices.py`. Cells are the channels "
        "allowed, in the order in which they are tried where the party has no wish of its own. "
        "A service may change it with `notices` ([region files](region-files.md)).",
        "",
        "| event | says | " + " | ".join(notices.PARTIES) + " |",
        "|---" * (len(notices.PARTIES) + 2) + "|",
    ]
    for kind, says in notices.TOLD.items():
        cells = (", ".join(notices.DEFAULT[kind][party]) for party in notices.PARTIES)
        lines.append(f"| {kind} | {says} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def printed_places() -> str:
    """What a text of a message can say: every place with its meaning, and which text has which."""
    lines = [
        "# The places of messages",
        "",
        "Printed by `make docs` from `casetrack/gateways/messages/text_places.py`. How a region writes a "
        "text: [region files](region-files.md#own-words-for-messages). There are no other places: a "
        "message holds no name, NIK, access code, officer, opinion or defect.",
        "",
        "| place | filled with | may be empty |",
        "|---|---|---|",
    ]
    for place, meaning in text_places.PLACES.items():
        empty = "yes" if place in text_places.MAY_BE_EMPTY else ""
        lines.append(f"| `{place}` | {meaning} | {empty} |")
    lines += ["", "| text, in `id/` and `en/` | its places |", "|---|---|"]
    texts: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(names()):
        if name.startswith("id/") and not name.endswith("whatsapp.txt"):
            texts.setdefault(text_places.places_of(name), []).append(name.removeprefix("id/"))
    for has, called in texts.items():
        lines.append(f"| {_codes(called)} | {_codes(has)} |")
    return "\n".join([*lines, ""])


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


TESTS = Path(__file__).resolve().parent.parent / "tests"
#: Where the rules of authority are told one by one; what these do not name, the next may.
_TOLD_IN = (
    *("unit/test_authority.py", "unit/test_giving.py"),
    "unit/test_amendments.py",
    *("contract/test_authority_acts.py", "contract/test_objections.py"),
)


@cache
def _tests(file: str) -> list[tuple[str, str, set[str]]]:
    """Every test of a file as a sentence, with its docstring and the texts that it names."""
    found = []
    for node in ast.parse((TESTS / file).read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            named = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
            sentence = node.name.removeprefix("test_").replace("_", " ")
            texts = {text for text in named if isinstance(text, str)}
            found.append((sentence, ast.get_docstring(node) or "", texts))
    return found


def tests_of(code: str) -> list[str]:
    """The tests in which this refusal is seen, as sentences."""
    for file in _TOLD_IN:
        found = [sentence for sentence, _, named in _tests(file) if code in named]
        if found:
            return found
    return []


def _plainly(sentence: str) -> str:
    """A sentence of a finding with words where it names a paper."""
    words = {"entry": "a paper", "position": "a position", "giver": "a giver"}
    told = sentence.format(**words, officer="an officer", other="something")
    return f"{told[0].upper()}{told[1:].rstrip('.')}"


def printed_rules() -> str:
    """The page of the rules: from the article to the rule, its code and its tests."""
    lines = [
        "# The rules of authority and their tests",
        "",
        "Printed by `make docs` from `REFUSAL_CODES` in `casetrack/domain/authority/check.py` and "
        "from the tests. The rules in words are in [authority.md](authority.md). Codes are stable.",
        "",
        "## What is refused",
        "",
        "Of several ways that fail the one furthest down this list is told. Each code is also met in "
        "`tests/unit/test_authority_oracle.py`, where the check is held against a second, slow one; "
        "`CASETRACK_TEST_EXAMPLES=10000` holds it for longer.",
        "",
        "| article | rule that is broken | code | seen in |",
        "|---|---|---|---|",
        *(
            f"| {article} | {meaning} | `{code}` | {'; '.join(tests_of(code))} |"
            for code, (meaning, article) in REFUSAL_CODES.items()
        ),
        "",
        "## What is found in the papers",
        "",
        "From `FAULTS` in `casetrack/domain/authority/faults.py`; each is met in "
        "`tests/unit/test_authority_findings.py`. `voids` counts for nothing in a check; `note` is for "
        "a person to look at. A code that is also a refusal's is found by the check's own rule.",
        "",
        "| article | finding | code | weight |",
        "|---|---|---|---|",
        *(
            f"| {fault.article} | {_plainly(fault.sentence.en)} | `{code}` | {fault.severity} |"
            for code, fault in FAULTS.items()
        ),
        "",
        "## What is given",
        "",
        "| source | seen in |",
        "|---|---|",
        *(
            f"| {source.removesuffix('.')} | {sentence} |"
            for sentence, source, _ in _tests(_TOLD_IN[0])
            if source
        ),
        "",
    ]
    return "\n".join(lines)


def printed_problems() -> str:
    """Every code of an error."""
    lines = [
        "# Errors",
        "",
        "Printed by `make docs` from `casetrack/web/http/problem_list.py`. An error is an RFC 9457 "
        'document: `{"type": "urn:casetrack:problem:CODE", "status", "title", "detail", "code", …}`. '
        "Codes are stable. `detail` is one sentence for a person and may change. Further fields belong "
        "to the code. [api.md](api.md#the-order-of-refusals) has the order in which a request is "
        "refused. A command that is refused prints `detail` in one line and exits with status 2.",
    ]
    for heading, codes in GROUPS.items():
        lines += ["", f"## {heading}", "", "| code | status | means | cure |", "|---|---|---|---|"]
        for code, listed in codes.items():
            statuses = ", ".join(map(str, listed.statuses)) or "as given"
            lines.append(f"| `{code}` | {statuses} | {listed.meaning} | {listed.cure} |")
    return "\n".join([*lines, ""])


PAGES = {
    "transitions.md": printed,
    "message-places.md": printed_places,
    "notices.md": printed_notices,
    "authority-rules.md": printed_rules,
    "problems.md": printed_problems,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        Path(__file__).with_name(name).write_text(page())
