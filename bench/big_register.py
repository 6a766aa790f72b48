"""A region's register of the size that the questions are measured with, the same for the same seed.

Ten years of one city: the mayor by attribution, a regulation every two years that delegates every
service anew to the head of the one-door office, mandates below, recommendations of the technical
agencies by their own attribution, letters that follow each other with a Plt now and then between,
two re-organisations and some grants taken back.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casetrack.domain.authority.entries import (
    EVERY,
    Basis,
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
    MallStay,
    Post,
    Renaming,
    Replacement,
    Succession,
    Superior,
    Withdrawal,
)
from casetrack.domain.authority.recorded import Cite, Recorded
from casetrack.domain.service.definition import Action, Name, ServiceDefinition, StepDefinition

MAYOR, ONE_DOOR, HEAD = "wali-kota", "dpmptsp", "kepala-dpmptsp"
#: Agencies beside the one-door office; each recommends for its share of the services.
AGENCIES = 24
_LAW, _ORGANISATION = "uu-23-2014", "perda-4-2016"


@dataclass(frozen=True, slots=True)
class Size:
    """How large: ten years of a city by default."""

    services: int = 200
    positions: int = 500
    grants: int = 2_000
    years: int = 10
    #: The day that the register ends before.
    today: date = date(2026, 11, 23)

    @property
    def begin(self) -> date:
        """The first day of the history."""
        return self.today.replace(year=self.today.year - self.years)


@dataclass(frozen=True, slots=True)
class BigRegister:
    """The entries, and the services that they are about."""

    size: Size
    entries: list[Recorded]
    services: list[ServiceDefinition]

    @property
    def officers(self) -> list[str]:
        """Everybody whom a letter names."""
        found = {r.entry.officer for r in self.entries if isinstance(r.entry, Incumbency)}
        return sorted(found)


def big_register(size: Size = Size(), seed: int = 3) -> BigRegister:
    """The register of one region; equal arguments give equal entries."""
    random = Random(seed)
    services = [_service(number) for number in range(size.services)]
    entries = [
        *_laws(size),
        *_positions(size),
        *_letters(size, random),
        *_grants(size, random),
        *_stays(size),
        *_reorganisation(size),
    ]
    return BigRegister(size, entries, services)


def _record(kind: EntryKind, entry_id: str, entry: Entry) -> Recorded:
    digest = hashlib.sha256(f"{kind}/{entry_id}".encode()).hexdigest()
    return Recorded(kind, entry_id, entry, Cite(f"register/{kind}/{entry_id}", 2, digest))


def _same(text: str) -> Name:
    return Name(text, text)


def service_id(number: int) -> str:
    """The id of a service of the fixture."""
    return f"izin-{number:03}"


def _agency(number: int) -> str:
    return f"dinas-{number % AGENCIES:02}"


def _service(number: int) -> ServiceDefinition:
    step = StepDefinition
    agency = _agency(number)
    return ServiceDefinition(
        id=service_id(number),
        version=1,
        letters=f"I{chr(65 + number // 26)}{chr(65 + number % 26)}",
        name=_same(f"Izin {number:03}"),
        steps=(
            step("intake", _same("Pemeriksaan"), ONE_DOOR, "check"),
            step(
                "review",
                _same("Rekomendasi"),
                agency,
                "recommend",
                after=("intake",),
                official=True,
                authority="recommend",
            ),
            step("decide", _same("Keputusan"), ONE_DOOR, "decide", ("review",), authority="decide"),
            step("sign", _same("Tanda tangan"), ONE_DOOR, "sign", ("decide",), authority="sign"),
        ),
    )


def _regulations(size: Size) -> list[tuple[str, date]]:
    """The mayor's regulations of delegation: one every two years."""
    return [
        (f"perwali-{year}", date(year, 3, 1))
        for year in range(size.begin.year + 1, size.today.year + 1, 2)
    ]


def _laws(size: Size) -> Iterator[Recorded]:
    names = [service_id(number) for number in range(size.services)]

    def law(entry_id: str, form: InstrumentForm, since: date, lines: tuple[Line, ...]) -> Recorded:
        return _record(
            "instrument", entry_id, Instrument(form, entry_id, entry_id, since, since, None, lines)
        )

    begin = size.begin - timedelta(days=700)
    yield law(_LAW, "act", begin, (Line("65", "Pasal 65", "Wewenang kepala daerah", (EVERY,)),))
    tasks = tuple(
        Line(f"{n}", f"Pasal {n}", f"Tugas {_agency(n)}", tuple(names[n::AGENCIES]))
        for n in range(AGENCIES)
    )
    yield law(_ORGANISATION, "city_regulation", begin, (*tasks, Line("99", "Pasal 99", "OPD")))
    before: tuple[str, ...] = ()
    for entry_id, since in _regulations(size):
        annex = tuple(
            Line(f"{n}", f"Lampiran angka {n + 1}", f"Izin {n:03}", (name,), permits=("mandate",))
            for n, name in enumerate(names)
        )
        yield law(entry_id, "mayor_regulation", since, annex)
        yield law(f"kepdis-{since.year}", "decree", since, annex)
        for old, new in zip(before, (entry_id, f"kepdis-{since.year}"), strict=False):
            yield _record("replacement", f"ganti-{old}", Replacement(old, new, since))
        before = (entry_id, f"kepdis-{since.year}")
    yield law(f"cabut-{size.today.year}", "decree", size.today - timedelta(days=30), annex)


def _post_ids(size: Size) -> Iterator[tuple[str, str, str | None]]:
    """Id, agency and superior: heads, then divisions, then sections, as many as are wanted."""
    agencies = [ONE_DOOR, *(_agency(n) for n in range(AGENCIES))]
    yield MAYOR, "setda", None
    heads = [(f"kepala-{agency}", agency) for agency in agencies]
    yield from ((head, agency, MAYOR) for head, agency in heads)
    divisions = [(f"kabid-{n}-{a}", a, head) for head, a in heads for n in range(4)]
    yield from divisions
    for number in range(size.positions - 1 - len(heads) - len(divisions)):
        above, agency, _ = divisions[number % len(divisions)]
        yield f"kasi-{number:03}-{agency}", agency, above


def _positions(size: Size) -> Iterator[Recorded]:
    for entry_id, agency, above in _post_ids(size):
        superiors = (Superior(above),) if above else ()
        yield _record("position", entry_id, Post(agency, _same(entry_id), None, None, superiors))


def _letters(size: Size, random: Random) -> Iterator[Recorded]:
    for position, _, _ in _post_ids(size):
        since, number = size.begin, 0
        while since < size.today + timedelta(days=60):
            form: IncumbencyForm = "plt" if number and random.random() < 0.15 else "definitive"
            days = random.randint(60, 90) if form == "plt" else random.randint(700, 1_500)
            until: date | None = since + timedelta(days=days)
            if until is not None and until > size.today + timedelta(days=400):
                until = None
            entry_id = f"sk-{position}-{number}"
            letter = Letter(entry_id.upper(), since, MAYOR)
            officer = f"peg.{random.randint(0, size.positions + 99):04}"
            yield _record(
                "incumbency", entry_id, Incumbency(officer, position, form, letter, since, until)
            )
            if until is None:
                break
            since, number = until + timedelta(days=random.choice((1, 1, 1, 9))), number + 1


def _grants(size: Size, random: Random) -> Iterator[Recorded]:
    law = (Basis(_LAW, "65"),)
    since = size.begin - timedelta(days=699)
    everything: tuple[Action, ...] = ("decide", "sign", "issue", "correct", "annul", "revoke")
    yield _record(
        "grant", "wewenang", Grant("attribution", MAYOR, everything, (EVERY,), law, since)
    )
    for n in range(AGENCIES):
        basis = (Basis(_ORGANISATION, f"{n}"),)
        names = tuple(service_id(number) for number in range(n, size.services, AGENCIES))
        head = f"kepala-{_agency(n)}"
        own = Grant("attribution", head, ("recommend", "assess"), names, basis, since)
        yield _record("grant", f"tugas-{n}", own)
    made = AGENCIES + 1
    regulations = _regulations(size)
    for generation, (regulation, first) in enumerate(regulations):
        for number in range(size.services):
            names = (service_id(number),)
            for kind, giver, receiver, by in _passed(size, regulation, first, number):
                if made >= size.grants:
                    return
                made += 1
                grant = Grant(
                    kind, receiver, everything[:3], names, (Basis(by, f"{number}"),), first, None, giver
                )  # fmt: skip
                entry_id = f"{kind}-{first.year}-{number:03}"
                yield _record("grant", entry_id, grant)
                if generation == len(regulations) - 1 and random.random() < 0.02:
                    taken = Basis(f"cabut-{size.today.year}", f"{number}")
                    day = size.today + timedelta(days=random.randint(-20, 60))
                    yield _record(
                        "withdrawal", f"cabut-{entry_id}", Withdrawal(entry_id, day, taken)
                    )


def _passed(
    size: Size, regulation: str, first: date, number: int
) -> Iterator[tuple[GrantKind, str, str, str]]:
    """How a service's power goes down: to the head, and to one of their divisions."""
    yield "delegation", MAYOR, HEAD, regulation
    yield "mandate", HEAD, f"kabid-{number % 4}-{ONE_DOOR}", f"kepdis-{first.year}"


def _stays(size: Size) -> Iterator[Recorded]:
    for n, agency in enumerate([ONE_DOOR, *(_agency(n) for n in range(AGENCIES))]):
        until = size.today + timedelta(days=45) if n == 7 else None
        stay = MallStay(agency, f"PKS-{n}", size.begin, until)
        yield _record("stay", f"pks-{agency}", stay)


def _reorganisation(size: Size) -> Iterator[Recorded]:
    basis = Basis(_ORGANISATION, "99")
    source, target = f"kepala-{_agency(0)}", f"kepala-{_agency(1)}"
    middle = size.begin + (size.today - size.begin) / 2
    yield _record("succession", "pindah-1", Succession(source, middle, basis, target))
    soon = size.today + timedelta(days=20)
    names = tuple(service_id(number) for number in range(2, size.services, AGENCIES))
    moved = Succession(f"kepala-{_agency(2)}", soon, basis, f"kepala-{_agency(3)}", names)
    yield _record("succession", "pindah-2", moved)
    yield _record("renaming", "nama-1", Renaming(HEAD, _same("Kepala DPMPTSP-TK"), middle, basis))
