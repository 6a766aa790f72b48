"""The check against a second opinion: random registers, every officer, no disagreement."""

import os
from collections import Counter
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings

from casetrack.domain.authority.chain import Matter
from casetrack.domain.authority.check import (
    REFUSAL_CODES,
    Choice,
    Circumstances,
    Denial,
    check,
    who_may,
)
from casetrack.domain.authority.entries import Grant, Incumbency
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.register import Register
from tests.oracle.authority import Opinion, Oracle, Question, Way
from tests.oracle.papers import Papers, questions, registers
from tests.support.registers import filed

#: `CASETRACK_TEST_EXAMPLES=10000` looks longer, and elsewhere each time.
EXAMPLES = int(os.environ.get("CASETRACK_TEST_EXAMPLES", "0"))
SEARCH = settings(
    max_examples=EXAMPLES or 400,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


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


def seats(papers: Papers) -> Iterator[tuple[str, str | None]]:
    """Every officer in his own choice, in each position that he ever held, and a stranger."""
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


def test_the_check_says_what_the_law_says() -> None:
    seen: Counter[str] = Counter()

    @SEARCH
    @given(registers(), questions())
    def same(papers: Papers, asked: Question) -> None:
        register, oracle = Register(filed(papers)), Oracle(papers)
        for officer, position in seats(papers):
            answer = check(register, matter_of(asked), officer, case_of(asked), position)
            seen[agree(oracle.judge(asked, officer, position), answer, papers)] += 1

    same()
    assert set(REFUSAL_CODES) - set(seen) == set(), seen
    assert {"choice", *(f"passport of {length}" for length in range(1, 6))} <= set(seen), seen


def test_those_who_may_are_those_whom_the_law_lets() -> None:
    @SEARCH
    @given(registers(), questions())
    def same(papers: Papers, asked: Question) -> None:
        oracle = Oracle(papers)
        found = list(who_may(Register(filed(papers)), matter_of(asked), lambda _: case_of(asked)))
        named = [(one.officer, one.position) for one in found if one.officer is not None]
        empty = [one.position for one in found if one.officer is None]
        assert sorted(named) == sorted(oracle.who_may(asked))
        assert sorted(empty) == sorted(oracle.vacant(asked))
        for one in found:
            assert one.chain in preferred(oracle.chains(one.position, asked), papers)

    same()
