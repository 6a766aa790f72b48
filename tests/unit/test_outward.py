"""What leaves is named: of the register the papers and positions, never whose letter it was."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from casetrack.domain.authority.entries import CLASS_OF
from casetrack.domain.delivery.cloudevents import cloud_event
from casetrack.domain.events import Event

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
LOGIN = "smr.hadi"


def outward(stream: str, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    actor = {"kind": "officer", "id": LOGIN, "role": "head", "agency": "dpmptsp"}
    return cloud_event(Event(7, "64.72", stream, 1, kind, NOW, NOW, actor, data), 3)


def test_a_confirmed_letter_says_position_and_dates_and_not_whose_it_is() -> None:
    entry = {"officer": LOGIN, "position": "kepala-dpmptsp", "form": "plt", "since": "2026-11-01"}
    data = {
        "kind": "incumbency",
        "id": "plt-1",
        "revision": 1,
        "entry": entry,
        "entered_by": LOGIN,
        "confirmed_by": LOGIN,
    }
    event = outward("register/incumbency/plt-1", "casetrack.authority.confirmed", data)
    assert event["data"]["entry"] == {k: v for k, v in entry.items() if k != "officer"}
    assert LOGIN not in json.dumps(event)


def test_a_withdrawal_says_which_grant_it_takes_back() -> None:
    entry = {"grant": "delegasi", "since": "2026-11-01", "basis": {"instrument": "p", "line": "1"}}
    data = {"kind": "withdrawal", "id": "w", "revision": 1, "entry": entry, "entered_by": LOGIN}
    event = outward("register/withdrawal/w", "casetrack.authority.withdrawn", data)
    assert event["data"]["entry"]["grant"] == "delegasi"


def test_a_decision_says_by_what_right_and_not_by_whom() -> None:
    seat = {"officer": LOGIN, "position": "kepala-dpmptsp", "form": "plh"}
    authority = {"scheme": "checked", "passport": {"seat": seat}}
    event = outward("SMR-1", "casetrack.case.granted", {"authority": authority})
    assert event["data"]["change"]["authority"] == {
        "scheme": "checked",
        "position": "kepala-dpmptsp",
        "form": "plh",
    }
    assert LOGIN not in json.dumps(event)


def test_a_doubt_names_the_decision_and_the_paper_that_speaks_against_it() -> None:
    data = {
        "decision": {"stream": "SMR-1", "version": 6},
        "step": "decide",
        "code": "grant_withdrawn",
        "link": {"officer": LOGIN},
        "entry": {"kind": "withdrawal", "id": "w", "event": 5},
    }
    event = outward("authority/SMR-1", "casetrack.authority.questioned", data)
    assert event["subject"] == "SMR-1"
    assert event["data"]["change"]["entry"] == {"kind": "withdrawal", "id": "w"}
    assert LOGIN not in json.dumps(event)


# --- every event ----------------------------------------------------------------------------------

PLANTED = {"access_digest": "PLANTED", "note": {"text": "PLANTED", "hmac": "PLANTED"}}


@pytest.mark.parametrize(
    "stream", ["SMR-1", "deadline/SMR-1", "refusal/SMR-1", "subject/ab", "import/log/1",
               "webhook/wh_1", "administration/64.72", "tomorrow/1"],
)  # fmt: skip
def test_nothing_leaves_that_is_not_named(stream: str) -> None:
    now = {"status": "granted", **PLANTED}
    data = {**PLANTED, "now": now, "case": PLANTED, "reason": "PLANTED", "entry": PLANTED}
    event = outward(stream, "casetrack.case.granted", data)
    assert "PLANTED" not in json.dumps(event)
    assert LOGIN not in json.dumps(event)
    assert event["data"]["actor"] == {"kind": "officer", "role": "head", "agency": "dpmptsp"}


def test_attributes_have_names_that_cloudevents_allows() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    made = Event(7, "64.72", "SMR-1", 3, "casetrack.case.granted", NOW, NOW, {}, {}, 1, trace)
    event = cloud_event(made, 9, "ab")
    assert all(name.isalnum() and name.islower() and len(name) <= 20 for name in event)
    assert event["traceparent"] == trace
    assert "." not in event["id"]  # it delimits what is signed
    assert (event["sequence"], event["position"], event["subject"]) == ("3", 9, "SMR-1")


def test_every_field_of_every_paper_leaves_but_the_officer() -> None:
    fields_ = {part.name for kind in CLASS_OF.values() for part in fields(kind)}
    data = {"kind": "x", "id": "x", "revision": 1, "entry": dict.fromkeys(fields_, "said")}
    event = outward("register/x/x", "casetrack.authority.confirmed", data)
    assert fields_ - set(event["data"]["entry"]) == {"officer"}


def test_a_field_that_somebody_invents_tomorrow_stays() -> None:
    data = {"kind": "x", "id": "x", "revision": 1, "entry": {"since": "2026-11-01", "nik": "1"}}
    event = outward("register/x/x", "casetrack.authority.confirmed", data)
    assert event["data"]["entry"] == {"since": "2026-11-01"}
