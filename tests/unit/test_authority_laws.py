"""What holds of every register, whatever its papers say."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetrack.domain.authority.check import Circumstances, Denial, check, who_may
from casetrack.domain.authority.entries import (
    CLASS_OF,
    ENTRY_KINDS,
    Basis,
    EntryKind,
    Grant,
    Incumbency,
    Instrument,
    LineChange,
    Post,
    Replacement,
    Withdrawal,
)
from casetrack.domain.authority.entry_json import parse_entry, read_entry, to_document
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import Passport
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.errors import Invalid
from casetrack.storage.authority.register_keys import SUCCESSIONS, key_rows, line_rows, second_keys
from tests.oracle.authority import Question
from tests.oracle.papers import DAYS, Papers, Writer, by_seed
from tests.support import registers as written
from tests.support.examples import MANY, examples
from tests.support.money import account
from tests.support.registers import filed
from tests.unit.test_authority_oracle import case_of, matter_of, seats

SEEDS = range(examples(60))

STRANGE = [
    written.instrument("lain", written.line("1", "skck"), since="2020-01-01"),
    written.position("atas-lain", "polresta"),
    written.position("lain", "polresta", superior="atas-lain"),
    written.attribution("g-atas", "atas-lain", on="lain#1", services=("skck",), since="2020-01-01"),
    written.delegation("g-lain", "atas-lain", "lain", on="lain#1", services=("skck",)),
    written.withdrawal("w-lain", "g-lain", since="2026-01-03", on="lain#1"),
    written.replacement("r-lain", "lain", "lain-2", since="2026-01-04"),
    written.amendment(
        "a-lain", "lain", "lain-2", LineChange("1", removes=("skck",)), since="2026-01-04"
    ),
    written.succession("s-lain", "lain", "atas-lain", since="2026-01-05", on="lain#1"),
    written.renaming("n-lain", "lain", "Baru", since="2026-01-02", on="lain#1"),
    written.incumbency("sk-lain", "orang-lain", "lain", since="2020-01-01"),
    written.stay("m-lain", "polresta", "PKS", since="2026-01-01"),
]


def answers(
    entries: Iterable[Recorded], papers: Papers, asked: Question
) -> dict[tuple[str, str | None], Any]:
    """What everybody is told."""
    register = Register(entries)
    return {
        (officer, position): check(register, matter_of(asked), officer, case_of(asked), position)
        for officer, position in seats(papers)
    }


def those_who_may(entries: Iterable[Recorded], asked: Question) -> set[tuple[str | None, str]]:
    found = who_may(Register(entries), matter_of(asked), lambda _: Circumstances())
    return {(one.officer, one.position) for one in found}


def test_a_withdrawal_gives_nobody_a_power() -> None:
    for seed in SEEDS:
        papers, questions = by_seed(seed)
        writer = Writer(random.Random(seed).choice)
        grants = [name for name, entry in papers if isinstance(entry, Grant)]
        back = Withdrawal(writer.pick(grants), writer.pick(DAYS), writer.basis())
        for asked in questions:
            before = those_who_may(filed(papers), asked)
            assert those_who_may(filed([*papers, ("w9", back)]), asked) <= before, seed


def test_a_withdrawal_on_good_paper_takes_the_power_from_its_day_on() -> None:
    for seed in SEEDS:
        papers, questions = by_seed(seed)
        paper = written.instrument("pencabutan", since="2020-01-01")
        grants = [name for name, entry in papers if isinstance(entry, Grant)]
        for asked in questions:
            taken = [
                (f"w-{grant}", Withdrawal(grant, asked.day, Basis("pencabutan", "1")))
                for grant in grants
            ]
            assert not those_who_may([paper, *filed([*papers, *taken])], asked), seed


def test_papers_about_others_change_no_answer() -> None:
    for seed in SEEDS:
        papers, questions = by_seed(seed)
        for asked in questions:
            with_others = [*STRANGE, *filed(papers)]
            assert answers(with_others, papers, asked) == answers(filed(papers), papers, asked), (
                seed
            )


def test_the_order_in_which_papers_came_changes_no_answer() -> None:
    for seed in SEEDS:
        papers, questions = by_seed(seed)
        shuffled = filed(papers)
        random.Random(seed).shuffle(shuffled)
        for asked in questions:
            assert answers(shuffled, papers, asked) == answers(filed(papers), papers, asked), seed


def begins(entry: Any) -> date:
    """The first day on which a paper may show; a post stands in the line of superiors before it too."""
    match entry:
        case Post():
            return date.min
        case Instrument():
            return max(entry.since, entry.dated)
        case Incumbency():
            return max(entry.since, entry.letter.dated)
        case Replacement(applies_to="opened_from"):
            return date.min
    first: date = entry.since
    return first


def test_a_day_is_judged_by_what_is_dated_by_then() -> None:
    """But for the text that is to replace another for cases opened later: it spares older ones."""
    for seed in SEEDS:
        papers, questions = by_seed(seed)
        for asked in questions:
            known = [(name, entry) for name, entry in papers if begins(entry) <= asked.day]
            now, then = (
                {
                    who: answer
                    for who, answer in answers(filed(entries), papers, asked).items()
                    if isinstance(answer, Passport)
                }
                for entries in (papers, known)
            )
            assert now == then, seed


def test_what_was_asked_before_changes_no_answer() -> None:
    """A register keeps passports that it gave; each answer is that of papers just read."""
    for seed in SEEDS[::4]:
        papers, questions = by_seed(seed)
        entries = filed(papers)
        once = Register(entries)
        for asked in questions:
            for matter in differing(matter_of(asked)):
                for officer, position in seats(papers):
                    told = check(once, matter, officer, case_of(asked), position)
                    fresh = check(Register(entries), matter, officer, case_of(asked), position)
                    assert told == fresh, (seed, matter, officer, position)


def test_what_spares_older_cases_is_kept_for_those_alone() -> None:
    """A passport for a case that was opened before does not open the door for one that came after."""
    kept = Register(
        [
            written.instrument("old", written.line("1", "skck"), since="2020-01-01"),
            written.position("head", "polresta"),
            written.attribution("g", "head", on="old#1", services=("skck",), since="2020-01-01"),
            written.incumbency("sk", "rudi", "head", since="2020-01-01"),
            written.replacement("r", "old", "new", since="2026-01-10", applies_to="opened_from"),
        ]
    )
    older = Matter("decide", "skck", date(2026, 2, 1), opened=date(2026, 1, 9))
    assert isinstance(check(kept, older, "rudi"), Passport)
    later = check(kept, replace(older, opened=date(2026, 1, 10)), "rudi")
    assert isinstance(later, Denial)
    assert later.code == "instrument_replaced"
    assert isinstance(check(kept, older, "rudi"), Passport)


def differing(matter: Matter) -> Iterable[Matter]:
    """The matter, others that differ from it in one thing, and the matter again."""
    yield matter
    yield replace(matter, facts={})
    yield replace(matter, facts=dict.fromkeys(matter.facts, 10**9))
    yield replace(matter, opened=date(2019, 1, 1))
    yield replace(matter, day=matter.day + timedelta(days=3))
    yield replace(matter, action="sign" if matter.action == "decide" else "decide")
    yield matter


# --- the slice that a check reads ------------------------------------------------------------------


def sliced(
    entries: list[Recorded], service: str, officers: Iterable[str], day: date
) -> list[Recorded]:
    """What two reads by key give, as `storage.register.slice_for` asks them."""
    by_id = {(one.kind, one.id): one for one in entries}
    rows = [row for one in entries for row in key_rows(one.kind, one.id, one.entry)]
    rows += line_rows({one.id: one.entry for one in entries if isinstance(one.entry, Post)})

    def read(keys: Iterable[str], wanted: Callable[[Recorded], bool]) -> dict[Any, Recorded]:
        named = {(kind, entry) for key, kind, entry in rows if key in set(keys)}
        return {at: one for at, one in by_id.items() if at in named and wanted(one)}

    def may_run(one: Recorded) -> bool:
        held = one.entry
        return not isinstance(held, Incumbency) or held.until is None or held.until >= day

    first = [f"service:{service}", "service:*", SUCCESSIONS, *(f"officer:{o}" for o in officers)]
    found = read(first, lambda _: True)
    return list((found | read(second_keys(found.values()), may_run)).values())


def test_the_slice_of_two_reads_gives_the_answers_of_the_whole_register() -> None:
    for seed in SEEDS:
        papers, questions = by_seed(seed)
        entries = [*STRANGE, *filed(papers)]
        for asked in questions:
            whole = answers(entries, papers, asked)
            for (officer, position), answer in whole.items():
                part = Register(sliced(entries, asked.service, [officer], asked.day))
                told = check(part, matter_of(asked), officer, case_of(asked), position)
                assert told == answer, (seed, officer, position)
            part_of_all = sliced(entries, asked.service, [], asked.day)
            assert those_who_may(part_of_all, asked) == those_who_may(entries, asked), seed


# --- entries as JSON -------------------------------------------------------------------------------


def test_every_entry_is_read_back_from_its_json() -> None:
    for seed in SEEDS:
        papers, _ = by_seed(seed)
        for one in [*filed(papers), *STRANGE, *written.samarinda()]:
            document = json.loads(json.dumps(to_document(one.entry)))
            assert read_entry(one.kind, document) == one.entry


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(("since", "id", "line")), inner, max_size=4
        )
    ),
    max_leaves=8,
)
SAMPLES = {
    one.kind: to_document(one.entry)
    for one in [*STRANGE, *written.samarinda(), written.registrar("smr.lina", "dlh"), account()]
}


@st.composite
def nearly(draw: st.DrawFn) -> tuple[EntryKind, dict[str, Any]]:
    """A sound document of which a part is something else, at any depth."""
    kind = draw(st.sampled_from(ENTRY_KINDS))
    document: Any = json.loads(json.dumps(SAMPLES[kind]))
    at = document
    while True:
        place = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not (isinstance(at[place], dict | list) and at[place] and draw(st.booleans())):
            at[place] = draw(JSON)
            return kind, document
        at = at[place]


@settings(max_examples=examples(100), derandomize=not MANY, database=None, deadline=None)
@given(st.sampled_from(ENTRY_KINDS), JSON, nearly())
def test_whatever_somebody_sends_is_an_entry_or_told_what_is_wrong(
    kind: EntryKind, anything: Any, near: tuple[EntryKind, dict[str, Any]]
) -> None:
    for wanted, document in ((kind, anything), near):
        entry, problems = parse_entry(wanted, document)
        if entry is None:
            assert problems
            with pytest.raises(Invalid, match="cannot be taken"):
                read_entry(wanted, document)
        else:
            assert type(entry) is CLASS_OF[wanted]
            assert read_entry(wanted, to_document(entry)) == entry


def test_a_day_is_written_in_one_way_only() -> None:
    renamed = SAMPLES["renaming"]
    for text in ("2026-W01-1", "20260101", "2026-1-1", "2026-02-30", "2026-01-01T00:00:00", ""):
        with pytest.raises(Invalid, match="a day is wanted"):
            read_entry("renaming", {**renamed, "since": text})
    entry = read_entry("renaming", {**renamed, "since": "2026-01-31"})
    assert to_document(entry)["since"] == "2026-01-31"
