"""Papers of a city, written in a line each, and the registers that they make.

    papers = [
        instrument("perwali-22-2022", line("1", "izin-reklame"), since="2022-03-01"),
        position("kepala-dpmptsp", superior="wali-kota"),
        delegation("d", "wali-kota", "kepala-dpmptsp", on="perwali-22-2022#1", since="2022-03-01"),
        incumbency("sk-hadi", "smr.hadi", "kepala-dpmptsp", since="2023-01-02"),
    ]
    register(*papers, withdrawal("w", "d", on="perwali-9-2026#2", since="2026-05-01"))

Days are texts, `2022-03-01`; what a paper rests on is `instrument#line`, one or several; of two papers
with one id the later is a correction and stands in the earlier one's place. `samarinda` is the
ordinary one-door city: the mayor by attribution, Hadi who heads the one-door office by delegation,
Wati, head of the licensing division, by mandate, Dewi below her who signs "u.b.", Rini with a
power of her own at the environment agency, and Tono, the stranger, who holds a position and no power.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from casetrack.domain.authority.entries import (
    CLASS_OF,
    EVERY,
    Amendment,
    AppliesTo,
    Basis,
    Bound,
    Entry,
    EntryKind,
    Grant,
    GrantKind,
    Incumbency,
    IncumbencyForm,
    Instrument,
    InstrumentForm,
    Letter,
    Line,
    LineChange,
    MallStay,
    Permission,
    Post,
    Registrar,
    Renaming,
    Replacement,
    Succession,
    Superior,
    Withdrawal,
)
from casetrack.domain.authority.entry_json import to_document
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import ACTIONS, Action, Name

Day = str | date | None
#: One line, `instrument#line`, or several.
On = str | Sequence[str]

REKLAME, SKCK = "izin-reklame", "skck"
LONG_AGO = "2015-01-01"
KIND_OF: dict[type[Entry], EntryKind] = {kind: name for name, kind in CLASS_OF.items()}


def register(*papers: Recorded) -> Register:
    """The register of these papers, all confirmed; a correction counts instead of what it corrects."""
    return Register(latest(papers))


def latest(papers: Iterable[Recorded]) -> list[Recorded]:
    """The last revision of each paper, in the order in which the first ones came."""
    kept: dict[tuple[str, str], Recorded] = {}
    for paper in papers:
        before = kept.get((paper.kind, paper.id))
        version = before.cite.version + 1 if before else paper.cite.version
        kept[paper.kind, paper.id] = replace(paper, cite=replace(paper.cite, version=version))
    return list(kept.values())


def without(papers: Iterable[Recorded], *ids: str) -> list[Recorded]:
    """The papers but for these."""
    kept = list(papers)
    missing = set(ids) - {paper.id for paper in kept}
    assert not missing, f"there is no paper {missing}"
    return [paper for paper in kept if paper.id not in ids]


def changed(papers: Iterable[Recorded], paper_id: str, **parts: Any) -> Recorded:
    """A correction of one of the papers: `changed(city, "sk-hadi", until=day("2026-01-26"))`."""
    (paper,) = (p for p in papers if p.id == paper_id)
    return recorded(paper.kind, paper.id, replace(paper.entry, **parts))


def recorded(kind: EntryKind, paper_id: str, entry: Entry, version: int = 1) -> Recorded:
    """An entry as it stands in the register, with the hash of what it says."""
    said = json.dumps(to_document(entry), sort_keys=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Recorded(kind, paper_id, entry, Cite(f"register/{kind}/{paper_id}", version, digest))


def filed(papers: Iterable[tuple[str, Entry]]) -> list[Recorded]:
    """Papers with their ids as they stand in the register."""
    return [recorded(KIND_OF[type(entry)], paper_id, entry) for paper_id, entry in papers]


def day(text: str | date) -> date:
    """A day from its text."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def _day(text: Day) -> date | None:
    return None if text is None else day(text)


def _name(text: str | Name) -> Name:
    return Name(text, text) if isinstance(text, str) else text


def _on(on: On) -> tuple[Basis, ...]:
    lines = (on,) if isinstance(on, str) else on
    return tuple(Basis(*one.split("#", 1)) for one in lines)


def line(
    line_id: str,
    *services: str,
    permits: Sequence[Permission] = (),
    since: Day = None,
    until: Day = None,
    products: Sequence[str] = (),
    number: str | None = None,
    text: str | None = None,
) -> Line:
    """An article or annex line; no service named is every service."""
    return Line(
        line_id,
        number or line_id,
        text or f"Bunyi {line_id}",
        services or (EVERY,),
        tuple(products),
        _day(since),
        _day(until),
        tuple(permits),
    )


def instrument(
    paper_id: str,
    *lines: Line,
    since: str | date,
    dated: Day = None,
    until: Day = None,
    form: InstrumentForm = "mayor_regulation",
    title: str | None = None,
) -> Recorded:
    """A legal text, signed on the day it comes into force unless said otherwise; line `1` for all."""
    entry = Instrument(
        form,
        paper_id,
        title or paper_id,
        day(dated or since),
        day(since),
        _day(until),
        lines or (line("1"),),
    )
    return recorded("instrument", paper_id, entry)


def position(
    paper_id: str,
    agency: str = "dpmptsp",
    name: str | Name | None = None,
    *,
    superior: str | None = None,
    superiors: Sequence[tuple[str | None, Day]] = (),
    since: Day = None,
    until: Day = None,
) -> Recorded:
    """A position; `superior` from ever on, or `superiors` with their first days."""
    above = superiors or (((superior, None),) if superior else ())
    entry = Post(
        agency,
        _name(name or paper_id),
        _day(since),
        _day(until),
        tuple(Superior(upper, _day(first)) for upper, first in above),
    )
    return recorded("position", paper_id, entry)


def renaming(
    paper_id: str, of: str, name: str | Name, *, since: str | date, on: str = "perda#1"
) -> Recorded:
    """A position is called otherwise."""
    return recorded("renaming", paper_id, Renaming(of, _name(name), day(since), _on(on)[0]))


def incumbency(
    paper_id: str,
    officer: str,
    of: str,
    form: IncumbencyForm = "definitive",
    *,
    since: str | date,
    until: Day = None,
    dated: Day = None,
    by: str | None = "wali-kota",
) -> Recorded:
    """A letter by which an officer holds a position, signed on its first day unless said otherwise."""
    letter = Letter(paper_id.upper(), day(dated or since), by)
    entry = Incumbency(officer, of, form, letter, day(since), _day(until))
    return recorded("incumbency", paper_id, entry)


def grant(
    paper_id: str,
    kind: GrantKind,
    giver: str | None,
    receiver: str,
    *,
    on: On,
    since: str | date = LONG_AGO,
    until: Day = None,
    actions: Sequence[Action] = ACTIONS,
    services: Sequence[str] = (EVERY,),
    bounds: Sequence[Bound] = (),
    ub_allowed: bool = False,
    ub: bool = False,
) -> Recorded:
    """A power given; every action and service unless said otherwise."""
    entry = Grant(
        kind,
        receiver,
        tuple(actions),
        tuple(services),
        _on(on),
        day(since),
        _day(until),
        giver,
        tuple(bounds),
        ub_allowed,
        ub,
    )
    return recorded("grant", paper_id, entry)


def attribution(paper_id: str, receiver: str, *, on: On, **more: Any) -> Recorded:
    """A power that the law itself gives."""
    return grant(paper_id, "attribution", None, receiver, on=on, **more)


def delegation(paper_id: str, giver: str, receiver: str, *, on: On, **more: Any) -> Recorded:
    """A power that passes with its responsibility."""
    return grant(paper_id, "delegation", giver, receiver, on=on, **more)


def sub_delegation(paper_id: str, giver: str, receiver: str, *, on: On, **more: Any) -> Recorded:
    """A delegated power passed on once more, within the agency."""
    return grant(paper_id, "sub_delegation", giver, receiver, on=on, **more)


def mandate(paper_id: str, giver: str, receiver: str, *, on: On, **more: Any) -> Recorded:
    """Work done on behalf of the giver, who answers for it."""
    return grant(paper_id, "mandate", giver, receiver, on=on, **more)


def ub(paper_id: str, giver: str, receiver: str, *, on: On, **more: Any) -> Recorded:
    """The one signing step below a mandate."""
    return grant(
        paper_id, "mandate", giver, receiver, on=on, **{"actions": ("sign",), "ub": True, **more}
    )


def withdrawal(paper_id: str, of: str, *, since: str | date, on: str) -> Recorded:
    """A grant is taken back."""
    return recorded("withdrawal", paper_id, Withdrawal(of, day(since), _on(on)[0]))


def replacement(
    paper_id: str, old: str, new: str, *, since: str | date, applies_to: AppliesTo = "decided_from"
) -> Recorded:
    """An instrument gives way to its successor."""
    return recorded("replacement", paper_id, Replacement(old, new, day(since), applies_to))


def amendment(
    paper_id: str,
    old: str,
    new: str,
    *changes: LineChange,
    since: str | date,
    ordinal: int = 1,
) -> Recorded:
    """An instrument changes lines of an earlier one."""
    entry = Amendment(old, new, day(since), tuple(changes), ordinal)
    return recorded("amendment", paper_id, entry)


def succession(
    paper_id: str,
    source: str,
    target: str | None,
    *,
    since: str | date,
    on: str = "perda#1",
    services: Sequence[str] = (EVERY,),
) -> Recorded:
    """A re-organisation; without a target what the source held ends."""
    entry = Succession(source, day(since), _on(on)[0], target, tuple(services))
    return recorded("succession", paper_id, entry)


def stay(
    paper_id: str, agency: str, agreement: str, *, since: str | date, until: Day = None
) -> Recorded:
    """An agency's time in the mall."""
    return recorded("stay", paper_id, MallStay(agency, agreement, day(since), _day(until)))


def registrar(
    officer: str, agency: str, *, since: str | date = "2020-01-02", until: Day = None
) -> Recorded:
    """A letter by which an officer keeps an agency's papers."""
    letter = Letter(f"SK-{agency}", day(since), None)
    entry = Registrar(officer, agency, day(since), _day(until), letter)
    return recorded("registrar", f"{officer}.{agency}", entry)


def samarinda() -> list[Recorded]:
    """The ordinary one-door city, in force from 2 January 2020 on."""
    return [
        instrument(
            "uu-23-2014",
            line("65", permits=("delegation", "mandate")),
            since="2014-10-02",
            form="act",
            title="Undang-Undang tentang Pemerintahan Daerah",
        ),
        instrument(
            "perwali-22-2019",
            line("lampiran-1", REKLAME, permits=("sub_delegation", "mandate")),
            line("lampiran-2", "sip-dokter", permits=("mandate",)),
            since="2020-01-02",
            dated="2019-12-20",
            title="Peraturan Wali Kota tentang Pendelegasian Kewenangan Perizinan",
        ),
        instrument(
            "perda",
            since="2016-11-01",
            form="city_regulation",
            title="Peraturan Daerah tentang OPD",
        ),
        instrument(
            "kepdis-1-2020", since="2020-01-02", form="decree", title="Keputusan Kepala DPMPTSP"
        ),
        position("wali-kota", "setda", Name("Wali Kota Samarinda", "Mayor of Samarinda")),
        position("kepala-dpmptsp", name="Kepala DPMPTSP", superior="wali-kota"),
        position("kabid-perizinan", name="Kepala Bidang Perizinan", superior="kepala-dpmptsp"),
        position("kasi-reklame", name="Kepala Seksi Reklame", superior="kabid-perizinan"),
        position("kepala-dlh", "dlh", "Kepala DLH", superior="wali-kota"),
        position("kepala-dinkes", "dinkes", "Kepala Dinkes", superior="wali-kota"),
        attribution("wewenang-wali-kota", "wali-kota", on="uu-23-2014#65", since="2014-10-02"),
        attribution(
            "rekomendasi-dlh",
            "kepala-dlh",
            on="perda#1",
            since="2016-11-01",
            actions=("recommend", "assess"),
            services=(REKLAME,),
        ),
        delegation(
            "delegasi-reklame",
            "wali-kota",
            "kepala-dpmptsp",
            on="perwali-22-2019#lampiran-1",
            since="2020-01-02",
            services=(REKLAME,),
        ),
        mandate(
            "mandat-kabid",
            "kepala-dpmptsp",
            "kabid-perizinan",
            on="kepdis-1-2020#1",
            since="2020-01-02",
            actions=("decide", "sign"),
            services=(REKLAME,),
            ub_allowed=True,
        ),
        ub(
            "ub-kasi",
            "kabid-perizinan",
            "kasi-reklame",
            on="kepdis-1-2020#1",
            since="2020-01-02",
            services=(REKLAME,),
        ),
        incumbency("sk-andi", "smr.andi", "wali-kota", since="2019-02-01", by=None),
        incumbency("sk-hadi", "smr.hadi", "kepala-dpmptsp", since="2019-02-01"),
        incumbency("sk-wati", "smr.wati", "kabid-perizinan", since="2019-02-01"),
        incumbency("sk-dewi", "smr.dewi", "kasi-reklame", since="2019-02-01"),
        incumbency("sk-rini", "smr.rini", "kepala-dlh", since="2019-02-01"),
        incumbency("sk-tono", "smr.tono", "kepala-dinkes", since="2019-02-01"),
    ]
