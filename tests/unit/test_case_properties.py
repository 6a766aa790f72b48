"""Whatever anybody tries, in whatever order: a case stays one that the rules know."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.case.folding import fold
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import CASE_STATUSES, RECEIVE, STEP_STATUSES
from casetrack.domain.errors import Refusal
from tests.support.examples import examples
from tests.unit.case_player import Player

OVER = {"granted", "refused", "handed_over", "withdrawn", "closed"}
STEPS = [s.id for s in Player().definition.steps]
WORK = (
    "declare_complete",
    "claim",
    "complete",
    "complete",
    "complete",
    "return",
    "refuse",
    "no_opinion",
    "reassign",
    "record_payment",
    "reopen",
)
ACTS = st.one_of(
    st.tuples(
        st.sampled_from(WORK),
        st.sampled_from(STEPS),
        st.none(),
    ),
    st.tuples(
        st.sampled_from(
            ["send_return", "resubmit", "pause", "resume", "withdraw", "close", "hand_over"]
        ),
        st.none(),
        st.sampled_from(["external_system", "court", "duplicate"]),
    ),
    st.tuples(st.just(RECEIVE), st.none(), st.none()),
)
WHO = st.sampled_from(["dewi", "hadi", "wati", "rudi", "rini", "sari", "bima"])


def try_(player: Player, act: tuple[str, str | None, str | None], who: str) -> bool:
    """One attempt; whether it was allowed."""
    action, step, reason = act
    more: dict[str, Any] = {"reason": reason, "note": {"text": "t", "hmac": "h"}}
    if action == "complete":
        more["result"] = "favourable"
    if action in (RECEIVE, "resubmit"):
        more["documents"] = ({"requirement": "foto" if who == "wati" else "ktp"},)
    if action == "declare_complete" and who == "wati":
        more["why"] = {"text": "w", "hmac": "h"}
    if action == "return":
        more["defects"] = ({"requirement": "ktp"},)
    before = (player.state, len(player.events))
    try:
        player.act(who, action, step, **more)
    except Refusal:
        assert (player.state, len(player.events)) == before
        return False
    return True


def passed_by_the_book(player: Player, name: str) -> bool:
    """Readiness written from the rule in words, not from the code: a backward walk."""
    step = player.definition.step(name)
    todo, seen = list(step.after), set()
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        status = player.state.steps[at].status
        if status in ("completed", "no_opinion"):
            continue
        if player.definition.step(at).optional and status in ("waiting", "ready", "skipped"):
            todo += player.definition.step(at).after
            continue
        return False
    return True


@settings(max_examples=examples(120), deadline=None)
@given(st.lists(st.tuples(ACTS, WHO, st.integers(0, 100)), max_size=40))
def test_a_case_stays_lawful(tries: list[Any]) -> None:
    player = (
        Player().play("dewi declare_complete intake") if len(tries) % 2 else Player(documents=[])
    )
    for act, who, hours in tries:
        player.now += timedelta(hours=hours)
        was = player.state
        if try_(player, act, who):
            check_lawful(player, was)
    refolded: CaseState | None = None
    for event in player.events:
        refolded = fold(refolded, event)
    assert refolded == player.state


def check_lawful(player: Player, was: CaseState) -> None:
    """What must hold after every event."""
    state = player.state
    statuses = player.statuses()
    assert state.version == was.version + 1
    assert state.status in CASE_STATUSES
    assert set(statuses.values()) <= set(STEP_STATUSES)
    working = {n for n, s in statuses.items() if s in ("ready", "in_progress")}
    if state.status in OVER - {"granted", "refused"}:
        assert not working
        assert state.waiting_for is None
    for name in working:
        if state.status != "refused":
            assert passed_by_the_book(player, name), (name, statuses)
    if state.status == "in_progress":
        for name, status in statuses.items():
            if status == "waiting":
                assert not passed_by_the_book(player, name), (name, statuses)
    check_clock(player, working)
    check_documents(player, was)
    if was.status in OVER:
        assert state.status in OVER
        assert state.outcome == was.outcome


def check_documents(player: Player, was: CaseState) -> None:
    """None is lost, one stands for each requirement that came, and nothing required was forgotten."""
    held = player.state.documents
    assert [d["requirement"] for d in held[: len(was.documents)]] == [
        d["requirement"] for d in was.documents
    ]
    standing = [d["requirement"] for d in held if "replaced_at" not in d]
    assert sorted(standing) == sorted({d["requirement"] for d in held})
    if player.state.declared_complete_at is not None:
        passed = set(player.state.waiver["requirements"]) if player.state.waiver else set()
        assert {r.id for r in player.definition.requirements} <= {*standing, *passed}


def check_clock(player: Player, working: set[str]) -> None:
    """The case's clock stands still only while no agency can work; it is never reset."""
    state, definition = player.state, player.definition
    if state.declared_complete_at is None:
        assert state.clock is None
        assert state.due_at is None
        return
    assert state.clock is not None
    assert state.clock.started_at == state.declared_complete_at
    if state.status in OVER:
        return
    can_work = any(
        not definition.step(n).optional and definition.step(n).kind != "pay" for n in working
    )
    if can_work:
        assert not state.clock.stopped
        assert state.due_at is not None
    if state.clock.stopped:
        assert state.due_at is None
        assert not can_work
