"""Registers that nobody would write by intention: small, their dates so near that all edges meet.

Most papers are old and sound, so that chains hold; each part is sometimes wrong, so that each
rule is met. Two successions of one source on one day are not drawn: the rules do not say who wins.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from casetrack.domain.authority.entries import (
    AppliesTo,
    Basis,
    Bound,
    Entry,
    Grant,
    GrantKind,
    Incumbency,
    Instrument,
    Letter,
    Line,
    MallStay,
    Post,
    Renaming,
    Replacement,
    Succession,
    Superior,
    Withdrawal,
)
from casetrack.domain.catalogue import Name
from tests.oracle.authority import Question

T = TypeVar("T")

LONG_AGO = date(2020, 1, 1)
DAYS = tuple(date(2026, 1, 1) + timedelta(days) for days in range(8))
SERVICES = ("reklame", "trayek")
OFFICERS = ("andi", "hadi", "wati", "dewi")
INSTRUMENTS = ("uu", "perwali", "kepdis")
LINES = ("1", "2")
#: What a lawful chain may look like, from the law downwards.
LAWFUL: tuple[tuple[GrantKind, ...], ...] = (
    ("attribution",),
    ("attribution", "mandate"),
    ("attribution", "mandate", "mandate"),
    ("attribution", "delegation"),
    ("attribution", "delegation", "mandate"),
    ("attribution", "delegation", "mandate", "mandate"),
    ("attribution", "delegation", "sub_delegation"),
    ("attribution", "delegation", "sub_delegation", "mandate"),
    ("attribution", "delegation", "sub_delegation", "mandate", "mandate"),
)
KINDS: tuple[GrantKind, ...] = ("attribution", "delegation", "sub_delegation", "mandate")

Papers = list[tuple[str, Entry]]


def mostly(usual: T, others: Sequence[T], times: int) -> st.SearchStrategy[T]:
    """The usual thing so many times as often as all others together."""
    return st.sampled_from((usual,) * (times * len(others)) + tuple(others))


FIRST = mostly(LONG_AGO, DAYS, 24)
MAYBE_FIRST: st.SearchStrategy[date | None] = mostly(None, (LONG_AGO, *DAYS), 30)
LAST: st.SearchStrategy[date | None] = mostly(None, (*DAYS, LONG_AGO - timedelta(1)), 24)
SOME_DAY = st.sampled_from(DAYS)
NAMED = mostly(("*",), (("reklame",), ("trayek",), SERVICES, ()), 9)
BASIS = st.builds(Basis, mostly("uu", ("perwali", "kepdis"), 1), mostly("1", ("2",), 3))
BOUND = st.sampled_from(
    (
        Bound("width_cm", at_most=400),
        Bound("width_cm", at_least=400),
        Bound("width_cm", at_least=100, at_most=500),
        Bound("location", within=("64.72.03", "64.71")),
        Bound("location", within=("64.72",)),
        Bound("class", one_of=("a", "b")),
        Bound("class"),
        Bound("class", one_of=("a",), within=("a", "c")),
        Bound("width_cm", at_least=100, one_of=("400",)),
    )
)
BOUNDS = mostly((), ((BOUND,), (BOUND, BOUND)), 8).flatmap(lambda many: st.tuples(*many))
BASES = mostly((BASIS,), ((BASIS, BASIS),), 4).flatmap(lambda many: st.tuples(*many))
FACTS = st.fixed_dictionaries(
    {
        "width_cm": st.sampled_from((None, 99, 399, 400, 401, 500, 501)),
        "location": st.sampled_from((None, "64.72", "64.72.03", "64.72.03.1", "64.720", "64.7")),
        "class": st.sampled_from((None, "a", "c")),
    }
).map(lambda facts: {name: value for name, value in facts.items() if value is not None})


@st.composite
def _instrument(draw: st.DrawFn) -> Instrument:
    lines = [
        Line(
            line,
            line,
            "bunyi",
            draw(NAMED),
            (),
            draw(MAYBE_FIRST),
            draw(LAST),
            draw(mostly(("sub_delegation",), ((), ("mandate",)), 4)),
        )
        for line in draw(mostly(LINES, (("1",), ("2",)), 19))
    ]
    return Instrument("act", "1", "teks", draw(FIRST), draw(FIRST), draw(LAST), tuple(lines))


@st.composite
def _post(draw: st.DrawFn, place: int) -> Post:
    above = f"p{place - 1}" if place else None
    superiors = [Superior(above)]
    if draw(mostly(False, (True,), 5)):
        other = draw(st.sampled_from((None, "p0", "p1", "p2", "p3", "away")))
        superiors.insert(draw(st.integers(0, 1)), Superior(other, draw(SOME_DAY)))
    return Post(
        draw(mostly("dpmptsp", ("dlh",), 9)),
        Name("jabatan", "post"),
        draw(MAYBE_FIRST),
        draw(LAST),
        tuple(superiors),
    )


@st.composite
def _grant(draw: st.DrawFn, kind: GrantKind, giver: str | None, receiver: str, ub: bool) -> Grant:
    return Grant(
        kind,
        receiver,
        draw(mostly(("sign", "decide"), (("sign",), ("decide",)), 6)),
        draw(NAMED),
        draw(BASES),
        draw(FIRST),
        draw(LAST),
        giver,
        draw(BOUNDS),
        draw(mostly(kind == "mandate", (False, True), 5)),
        ub,
    )


@st.composite
def _grants(draw: st.DrawFn, posts: Sequence[str]) -> list[Grant]:
    """A chain down the posts as a lawyer would draw it, and some that he would not."""
    grants = []
    kinds = draw(st.sampled_from(LAWFUL))[: len(posts)]
    for place, kind in enumerate(kinds):
        ub = kind == "mandate" and kinds[place - 1] == "mandate"
        giver = posts[place - 1] if place else None
        grants.append(draw(_grant(kind, giver, posts[place], ub)))
    post = st.sampled_from(posts)
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2, 3)))):
        kind = draw(st.sampled_from(KINDS))
        lawless = mostly("post", ("nobody",), 8) if kind != "attribution" else st.just("nobody")
        giver = draw(post) if draw(lawless) == "post" else None
        grants.append(draw(_grant(kind, giver, draw(post), draw(mostly(False, (True,), 4)))))
    return grants


@st.composite
def _incumbency(draw: st.DrawFn, officer: str, post: str) -> Incumbency:
    first = draw(FIRST)
    return Incumbency(
        officer,
        post,
        draw(mostly("definitive", ("plt", "plh", "pj"), 1)),
        Letter("SK", draw(mostly(LONG_AGO, DAYS, 9)), draw(st.sampled_from((None, "p0")))),
        first,
        draw(LAST),
    )


@st.composite
def _changes(draw: st.DrawFn, posts: Sequence[str], grants: int) -> Papers:
    """What happens to papers later on."""
    post, text = st.sampled_from(posts), st.sampled_from(INSTRUMENTS)
    papers: Papers = []
    if grants and draw(mostly(False, (True,), 3)):
        back = f"g{draw(st.integers(0, grants - 1))}"
        papers.append(("w0", Withdrawal(back, draw(SOME_DAY), draw(BASIS))))
    for place in range(draw(st.sampled_from((0, 0, 0, 0, 0, 0, 1, 2)))):
        applies: AppliesTo = "opened_from" if draw(st.booleans()) else "decided_from"
        applies = draw(st.sampled_from(("decided_from", "opened_from")))
        old, new = draw(text), draw(text)
        papers.append((f"r{place}", Replacement(old, new, draw(SOME_DAY), applies)))
    taken = set()
    for place in range(draw(st.sampled_from((0, 0, 0, 0, 0, 1, 1, 2, 3)))):
        source, since = draw(post), draw(SOME_DAY)
        if (source, since) in taken:
            continue
        taken.add((source, since))
        target = draw(post) if draw(mostly(True, (False,), 4)) else None
        services = draw(mostly(("*",), (("reklame",), ("trayek",)), 2))
        papers.append((f"s{place}", Succession(source, since, draw(BASIS), target, services)))
    return papers


@st.composite
def registers(draw: st.DrawFn) -> Papers:
    """A register of three to six positions, and all that may be said of them."""
    posts = [f"p{place}" for place in range(draw(st.integers(3, 6)))]
    papers: Papers = [(text, draw(_instrument())) for text in INSTRUMENTS]
    papers += [(post, draw(_post(place))) for place, post in enumerate(posts)]
    if draw(mostly(False, (True,), 7)):
        del papers[draw(st.integers(0, len(papers) - 1))]
    grants = draw(_grants(posts))
    papers += [(f"g{place}", grant) for place, grant in enumerate(grants)]
    for place, officer in enumerate(draw(st.sampled_from((OFFICERS, OFFICERS, OFFICERS[:2])))):
        for letter in range(draw(st.sampled_from((1, 1, 2)))):
            own = posts[-1 - place % len(posts)]
            post = draw(st.sampled_from(posts) if letter else mostly(own, posts, 1))
            held = draw(_incumbency(officer, post))
            papers.append((f"sk{place}{letter}", held))
    papers += draw(_changes(posts, len(grants)))
    if draw(st.booleans()):
        papers.append(("n0", Renaming(posts[0], Name("b", "b"), draw(SOME_DAY), Basis("uu", "1"))))
        papers.append(("m0", MallStay("dlh", "PKS", draw(SOME_DAY))))
    return papers


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """What somebody wants to do."""
    day = draw(SOME_DAY)
    opened = draw(st.sampled_from((None, LONG_AGO, *DAYS)))
    flags = draw(mostly("", ("strategic", "own_case", "conflict", "did_before"), 6))
    more: dict[str, Any] = {flags: True} if flags else {}
    return Question(
        action="sign" if draw(st.booleans()) else "decide",
        service=draw(mostly("reklame", ("trayek",), 2)),
        day=day,
        opened=min(day, opened) if opened else None,
        facts=draw(FACTS),
        **more,
    )
