"""Registers that nobody would write by intention: small, their dates so near that all edges meet.

Most papers are old and sound, so that chains hold; each part is sometimes wrong, so that each
rule is met. Every part is picked from a row of choices: by Hypothesis, which looks for the smallest
example of a disagreement, or by a seed, which is quick and the same on every machine.
Two successions of one source on one day are not made: the rules do not say who wins.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar, cast

from hypothesis import strategies as st

from casetrack.domain.authority.entries import (
    Amendment,
    AppliesTo,
    Basis,
    Bound,
    Entry,
    Grant,
    GrantKind,
    Incumbency,
    IncumbencyForm,
    Instrument,
    Letter,
    Line,
    LineChange,
    MallStay,
    Permission,
    Post,
    Renaming,
    Replacement,
    Succession,
    Superior,
    Withdrawal,
)
from casetrack.domain.service.definition import Action, Name
from tests.oracle.authority import Question

T = TypeVar("T")

LONG_AGO = date(2020, 1, 1)
DAYS = tuple(date(2026, 1, 1) + timedelta(days) for days in range(8))
SERVICES = ("reklame", "trayek")
OFFICERS = ("andi", "hadi", "wati", "dewi")
INSTRUMENTS = ("uu", "perwali", "kepdis")
KINDS: tuple[GrantKind, ...] = ("attribution", "delegation", "sub_delegation", "mandate")
LONGEST_LAWFUL: tuple[GrantKind, ...] = (
    "attribution",
    "delegation",
    "sub_delegation",
    "mandate",
    "mandate",
)
#: Chains from the law downwards: lawful ones, and those that go one step too far.
SHAPES: tuple[tuple[GrantKind, ...], ...] = (
    ("attribution",),
    ("attribution", "mandate"),
    ("attribution", "mandate", "mandate"),
    ("attribution", "delegation"),
    ("attribution", "delegation", "mandate"),
    ("attribution", "delegation", "mandate", "mandate"),
    ("attribution", "delegation", "sub_delegation"),
    ("attribution", "delegation", "sub_delegation", "mandate"),
    *(LONGEST_LAWFUL,) * 4,
    ("attribution", "delegation", "delegation"),
    ("attribution", "delegation", "sub_delegation", "sub_delegation"),
    ("attribution", "mandate", "mandate", "mandate"),
    ("attribution", "sub_delegation"),
)
#: Kinds of paper that have no fault of their own in a register, so that others can be met.
SOUND: tuple[tuple[type[Entry], ...], ...] = (
    (),
    (Instrument,),
    (Post, Grant),
    (Instrument, Post),
    (Instrument, Post, Grant),
    (Instrument, Post, Grant),
)
BOUNDS = (
    Bound("width_cm", at_most=400),
    Bound("width_cm", at_least=400),
    Bound("width_cm", at_least=100, at_most=500),
    Bound("width_cm", at_least=100, one_of=("400",)),
    Bound("location", within=("64.72.03", "64.71")),
    Bound("location", within=("64.72",)),
    Bound("class", one_of=("a", "b")),
    Bound("class", one_of=("a",), within=("a", "c")),
    Bound("class"),
)
FACTS: dict[str, tuple[Any, ...]] = {
    "width_cm": (None, 99, 399, 400, 401, 500, 501, "400"),
    "location": (None, "64.72", "64.72.03", "64.72.03.1", "64.720", "64.7", 64),
    "class": (None, "a", "c"),
}

Papers = list[tuple[str, Entry]]


class Pick(Protocol):
    """Takes one of several."""

    def __call__(self, choices: Sequence[T], /) -> T: ...


class Writer:
    """Writes papers, one pick at a time."""

    def __init__(self, pick: Pick) -> None:
        self.pick = pick

    def mostly(self, usual: T, others: Sequence[T], times: int) -> T:
        """The usual thing so many times as often as all others together."""
        return self.pick((usual,) * (times * len(others)) + tuple(others))

    def sometimes(self, times: int) -> bool:
        return self.mostly(False, (True,), times)

    def first(self) -> date:
        return self.mostly(LONG_AGO, DAYS, 20)

    def maybe_first(self) -> date | None:
        return self.mostly(None, (LONG_AGO, *DAYS), 20)

    def last(self) -> date | None:
        return self.mostly(None, (*DAYS, LONG_AGO - timedelta(1)), 20)

    def services(self) -> tuple[str, ...]:
        return self.mostly(("*",), (("reklame",), ("trayek",), SERVICES, ()), 7)

    def basis(self) -> Basis:
        line = self.mostly("1", ("2",), 3)
        return Basis(self.mostly("uu", ("perwali", "kepdis"), 1), line)

    def instrument(self) -> Instrument:
        lines = []
        for line in self.mostly(("1", "2"), (("1",), ("2",)), 12):
            permits: tuple[Permission, ...] = self.mostly(
                ("sub_delegation",), ((), ("mandate",)), 4
            )
            dates = self.maybe_first(), self.last()
            lines.append(Line(line, line, "bunyi", self.services(), (), *dates, permits))
        return Instrument("act", "1", "teks", self.first(), self.first(), self.last(), tuple(lines))

    def post(self, place: int) -> Post:
        superiors = [Superior(f"p{place - 1}" if place else None)]
        if self.sometimes(5):
            other = self.pick((None, "p0", "p1", "p2", "p3", "away"))
            superiors.insert(self.pick((0, 1)), Superior(other, self.pick(DAYS)))
        agency = self.mostly("dpmptsp", ("dlh",), 9)
        name = Name("jabatan", "post")
        return Post(agency, name, self.maybe_first(), self.last(), tuple(superiors))

    def grant(self, kind: GrantKind, giver: str | None, receiver: str, *, ub: bool) -> Grant:
        both: tuple[Action, ...] = ("sign", "decide")
        return Grant(
            kind,
            receiver,
            self.mostly(both, (("sign",), ("decide",)), 6),
            self.services(),
            tuple(self.basis() for _ in range(self.mostly(1, (2,), 4))),
            self.first(),
            self.last(),
            giver,
            tuple(self.pick(BOUNDS) for _ in range(self.mostly(0, (1, 2), 7))),
            self.mostly(kind == "mandate", (False, True), 5),
            ub,
        )

    def grants(self, posts: Sequence[str], kinds: Sequence[GrantKind]) -> list[Grant]:
        """A chain down the posts as a lawyer would draw it, and some that no lawyer would."""
        grants = []
        for place, kind in enumerate(kinds):
            ub = kind == "mandate" and kinds[place - 1] == "mandate"
            giver = posts[place - 1] if place else None
            grants.append(self.grant(kind, giver, posts[place], ub=ub))
        for _ in range(self.pick((0, 0, 1, 1, 2, 3))):
            kind = self.pick(KINDS)
            nobody = kind == "attribution" or self.sometimes(8)
            giver = None if nobody else self.pick(posts)
            grants.append(self.grant(kind, giver, self.pick(posts), ub=self.sometimes(4)))
        return grants

    def incumbency(self, officer: str, post: str) -> Incumbency:
        acting: tuple[IncumbencyForm, ...] = ("plt", "plh", "pj")
        form: IncumbencyForm = self.mostly("definitive", acting, 1)
        letter = Letter("SK", self.mostly(LONG_AGO, DAYS, 9), self.pick((None, "p0")))
        return Incumbency(officer, post, form, letter, self.first(), self.last())

    def letters(self, posts: Sequence[str], last: int) -> Papers:
        """The officers sit where the power goes to, from the chain's end upwards; or elsewhere."""
        papers: Papers = []
        for place, officer in enumerate(self.pick((OFFICERS, OFFICERS, OFFICERS[:2]))):
            own = posts[(last - place) % len(posts)]
            for letter in range(self.pick((1, 1, 2))):
                seat = self.pick(posts) if letter else self.mostly(own, posts, 2)
                papers.append((f"sk{place}{letter}", self.incumbency(officer, seat)))
        return papers

    def changes(self, posts: Sequence[str], grants: int) -> Papers:
        """What happens to papers later on."""
        papers: Papers = []
        if self.sometimes(3):
            back = self.pick([f"g{place}" for place in range(grants)])
            papers.append(("w0", Withdrawal(back, self.pick(DAYS), self.basis())))
        for place in range(self.pick((0, 0, 0, 0, 0, 0, 1, 2))):
            forms: tuple[AppliesTo, ...] = ("decided_from", "opened_from")
            old, new = self.pick(INSTRUMENTS), self.pick(INSTRUMENTS)
            papers.append((f"r{place}", Replacement(old, new, self.pick(DAYS), self.pick(forms))))
        moves: dict[tuple[str, date], Succession] = {}
        for _ in range(self.pick((0, 0, 0, 0, 0, 1, 1, 2, 3))):
            source, since = self.pick(posts), self.pick(DAYS)
            target = None if self.sometimes(4) else self.pick(posts)
            services = self.mostly(("*",), (("reklame",), ("trayek",)), 2)
            moves[source, since] = Succession(source, since, self.basis(), target, services)
        papers += [(f"s{place}", move) for place, move in enumerate(moves.values())]
        return papers

    def amendments(self) -> Papers:
        """Texts that change lines of others: chains, on near days, of lines that are not there."""
        papers: Papers = []
        for place in range(self.pick((0, 1, 1, 2, 3))):
            text = replace(self.instrument(), title="Perubahan atas teks")
            papers.append((f"p-{place}", mended(text) if self.sometimes(1) else text))
            old, since = self.mostly("uu", ("perwali", "kepdis"), 1), self.first_of_change()
            changes = tuple(self.change() for _ in range(self.pick((1, 1, 2))))
            ordinal = self.mostly(place + 1, (1, 2, 3), 2)
            papers.append((f"a{place}", Amendment(old, f"p-{place}", since, changes, ordinal)))
        return papers

    def first_of_change(self) -> date:
        return self.mostly(self.pick(DAYS[:3]), DAYS, 2)

    def change(self) -> LineChange:
        line = self.mostly("1", ("2", "3"), 2)
        if self.sometimes(3):
            return LineChange(line, struck=True)
        words = self.pick((None, "baru"))
        adds, removes = self.mostly((), (("reklame",), ("trayek",), ("*",)), 1), self.services()
        return LineChange(line, adds, removes if self.sometimes(1) else (), False, words, words)

    def register(self) -> Papers:
        """A register of three to six positions, and all that may be said of them."""
        posts = [f"p{place}" for place in range(self.pick((3, 4, 5, 5, 6)))]
        kinds = self.pick(SHAPES)[: len(posts)]
        sound = self.pick(SOUND)
        papers: Papers = [(name, self.instrument()) for name in INSTRUMENTS]
        papers += [(name, self.post(place)) for place, name in enumerate(posts)]
        if self.sometimes(7):
            papers.remove(self.pick(papers))
        grants = self.grants(posts, kinds)
        papers += [(f"g{place}", grant) for place, grant in enumerate(grants)]
        papers = [(name, mended(one) if type(one) in sound else one) for name, one in papers]
        papers += self.letters(posts, len(kinds) - 1)
        papers += self.changes(posts, len(grants))
        if self.sometimes(1):
            new = Renaming(posts[0], Name("baru", "new"), self.pick(DAYS), Basis("uu", "1"))
            papers += [("n0", new), ("m0", MallStay("dlh", "PKS", self.pick(DAYS)))]
        return papers

    def question(self) -> Question:
        """What somebody wants to do."""
        day = self.pick(DAYS)
        opened = self.pick((None, LONG_AGO, *DAYS))
        flag = self.mostly("", ("strategic", "own_case", "conflict", "did_before"), 5)
        actions: tuple[Action, ...] = ("sign", "decide")
        more: dict[str, Any] = {flag: True} if flag else {}
        facts = {name: self.pick(values) for name, values in FACTS.items()}
        return Question(
            action=self.pick(actions),
            service=self.mostly("reklame", ("trayek",), 2),
            day=day,
            opened=min(day, opened) if opened else None,
            facts={name: value for name, value in facts.items() if value is not None},
            **more,
        )

    def questions(self) -> list[Question]:
        """Several, since to ask is quicker than to write a register."""
        return [self.question() for _ in range(4)]


def mended(paper: T) -> T:
    """The paper without faults of its own."""
    sound: Any = paper
    match paper:
        case Instrument():
            lines = [replace(line, services=("*",), since=None, until=None) for line in paper.lines]
            sound = replace(paper, dated=LONG_AGO, since=LONG_AGO, until=None, lines=tuple(lines))
        case Post():
            sound = replace(paper, since=None, until=None)
        case Grant():
            sound = replace(paper, since=LONG_AGO, until=None, services=("*",), bounds=())
    return cast(T, sound)


@st.composite
def registers(draw: st.DrawFn) -> Papers:
    """Registers by Hypothesis."""
    writer = Writer(lambda choices: draw(st.sampled_from(choices)))
    return [*writer.register(), *writer.amendments()]


@st.composite
def questions(draw: st.DrawFn) -> list[Question]:
    """Questions by Hypothesis."""
    return Writer(lambda choices: draw(st.sampled_from(choices))).questions()


def by_seed(seed: int) -> tuple[Papers, list[Question]]:
    """A register and questions about it, the same for the same seed."""
    writer = Writer(random.Random(seed).choice)
    papers, asked = writer.register(), writer.questions()
    if seed % 5 > 1:  # apart, so that the others stay what they were
        papers += Writer(random.Random(f"amended {seed}").choice).amendments()
    return papers, asked
