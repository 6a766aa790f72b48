"""The check against a second opinion: random registers, every officer, no disagreement."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings

from casetrack.domain.authority.check import (
    REFUSAL_CODES,
    Choice,
    Circumstances,
    Denial,
    check,
    who_may,
)
from casetrack.domain.authority.entries import Grant, Incumbency
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.register import Register
from tests.oracle.authority import Opinion, Oracle, Question, Way
from tests.oracle.papers import Papers, by_seed, questions, registers
from tests.support.examples import MANY, examples
from tests.support.registers import filed

SEARCH = settings(
    max_examples=examples(100),
    derandomize=not MANY,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
#: Registers with the refusals that few papers lead to: met however few are looked at.
RARE = (36, 45, 46, 65, 80, 91, 251, 531)
SEEDS = sorted({*range(examples(300)), *RARE})
#: What only the consequences of a decision give: an annulment, a lifted conflict; and what the random
#: papers do not say, met in tests/unit/test_giving.py.
ELSEWHERE = {
    *("not_superior", "other_work", "giver_gave_away"),
    *("not_the_deciding_position", "decided_before"),
}


def matter_of(asked: Question) -> Matter:
    return Matter(
        asked.action, asked.service, asked.day, asked.opened, asked.facts, asked.strategic
    )


def case_of(asked: Question) -> Circumstances:
    return Circumstances(
        own_case=asked.own_case,
        conflict="declared" if asked.conflict else None,
        separation="refuse",
        did=("intake",) if asked.did_before else (),
    )


@dataclass
class Everybody:
    """The same case for every officer."""

    case: Circumstances

    def __call__(self, officer: str) -> Circumstances:
        return self.case


def seats(papers: Papers) -> Iterator[tuple[str, str | None]]:
    """Every officer in their own choice, in each position that they ever held, and a stranger."""
    held = [entry for _, entry in papers if isinstance(entry, Incumbency)]
    yield from dict.fromkeys((entry.officer, None) for entry in held)
    yield from dict.fromkeys((entry.officer, entry.position) for entry in held)
    yield from (("tono", None), (held[0].officer, "elsewhere"))


def preferred(chains: frozenset[Way], papers: Papers) -> set[Way]:
    """Those with the fewest mandates, and of those the shortest."""
    kinds = {name: entry.kind for name, entry in papers if isinstance(entry, Grant)}

    def measure(way: Way) -> tuple[int, int]:
        return sum(kinds[name] == "mandate" for name in way), len(way)

    return {way for way in chains if measure(way) == min(map(measure, chains))}


def agree(opinion: Opinion, answer: Passport | Denial | Choice, papers: Papers) -> str:
    """Whether the answer is one of those that are right, and what it was."""
    if isinstance(answer, Passport):
        chain = tuple(link.grant for link in answer.chain)
        assert opinion.kind == "passport", opinion
        assert chain in preferred(opinion.chains, papers), opinion
        assert answer.seat.incumbency in opinion.letters, opinion
        return f"passport of {len(chain)}"
    if isinstance(answer, Denial):
        assert opinion.kind == "refused", opinion
        assert answer.code in opinion.codes, opinion
        return answer.code
    assert opinion.kind == "choice", opinion
    assert {position for position, _ in answer.positions} == opinion.positions
    return "choice"


def answers(papers: Papers, questions: list[Question]) -> Counter[str]:
    """What was answered, and that the oracle said the same."""
    register, oracle = Register(filed(papers)), Oracle(papers)
    seen: Counter[str] = Counter()
    for asked in questions:
        for officer, position in seats(papers):
            answer = check(register, matter_of(asked), officer, case_of(asked), position)
            seen[agree(oracle.judge(asked, officer, position), answer, papers)] += 1
    return seen


def people_agree(papers: Papers, questions: list[Question]) -> None:
    """That those who may are those whom the oracle lets, and the empty chairs are the empty ones."""
    register, oracle = Register(filed(papers)), Oracle(papers)
    for asked in questions:
        found = list(who_may(register, matter_of(asked), Everybody(case_of(asked))))
        named = [(one.officer, one.position) for one in found if one.officer is not None]
        empty = [one.position for one in found if one.officer is None]
        assert sorted(named) == sorted(oracle.who_may(asked))
        assert sorted(empty) == sorted(oracle.vacant(asked))
        for one in found:
            assert one.chain in preferred(oracle.chains(one.position, asked), papers)


@SEARCH
@given(registers(), questions())
def test_the_check_says_what_the_law_says(papers: Papers, asked: list[Question]) -> None:
    answers(papers, asked)


@SEARCH
@given(registers(), questions())
def test_those_who_may_are_those_whom_the_law_lets(papers: Papers, asked: list[Question]) -> None:
    people_agree(papers, asked)


def test_in_thousands_of_answers_every_refusal_is_met_and_none_is_disputed() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        papers, asked = by_seed(seed)
        seen += answers(papers, asked)
        people_agree(papers, asked[:1])
    passports = {f"passport of {length}" for length in range(1, 6)}
    assert set(REFUSAL_CODES) - ELSEWHERE | passports | {"choice"} == set(seen), seen
