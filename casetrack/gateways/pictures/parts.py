"""Nodes and links from what a passport keeps (domain.authority.passport): one place for their words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from casetrack.domain.authority.entries import Withdrawal
from casetrack.domain.authority.register import Register
from casetrack.gateways.pictures.diagram import Break, Line, Link, Node
from casetrack.gateways.pictures.words import FORMS, KINDS, Tongue

Data = Mapping[str, Any]


def law_nodes(tongue: Tongue, prefix: str, rests: Sequence[Data]) -> list[Node]:
    """The instruments of a link, each once with all of its lines that the link rests on."""
    named: dict[str, list[Data]] = {}
    for rest in rests:
        named.setdefault(rest["instrument"], []).append(rest)
    return [
        _law_node(tongue, f"{prefix}-{place}", lines)
        for place, lines in enumerate(named.values(), start=1)
    ]


def _law_node(tongue: Tongue, node: str, rests: Sequence[Data]) -> Node:
    """Articles or annex lines as printed, with the dates of their instrument."""
    rest = rests[0]
    title, about = cited(rest["title"], rest["number"])
    lines = [Line(about)]
    for each in rests:
        lines += [Line(each["line"], "strong"), Line(f"“{each['printed']}”")]
    if rest.get("since"):
        dated = tongue("ditandatangani", "signed") + f" {tongue.day(rest['dated'])}"
        term = tongue("Berlaku", "In force") + f" {tongue.term(rest['since'], rest['until'])}"
        lines.append(Line(f"{term}; {dated}", "soft"))
    lines += [amended_line(tongue, each) for each in rest.get("amended", ())]
    return Node(node, "law", tongue("Dasar hukum", "Law"), title, tuple(lines))


def amended_line(tongue: Tongue, amended: Data) -> Line:
    """By which text, the how manieth, and since when a law was amended."""
    ordinal = tongue(f"Perubahan ke-{amended['ordinal']}", f"Amendment {amended['ordinal']}")
    by, _ = cited(amended["title"], amended["number"])
    since = tongue("sejak", "from") + f" {tongue.day(amended['since'])}"
    return Line(f"{ordinal}: {by}, {since}", "soft")


def cited(title: str, number: str) -> tuple[str, str]:
    """How an instrument is cited, in two pieces: "Peraturan Daerah Nomor 5 Tahun 2016", "tentang …".

    Where number and title are written otherwise they are left as they are.
    """
    form, about, rest = title.partition(" tentang ")
    if about and number[:1].isdigit():
        return f"{form} Nomor {number}", f"tentang {rest}"
    return numbered(number), title


def numbered(number: str) -> str:
    """A bare number as it is cited."""
    return f"Nomor {number}" if number[:1].isdigit() else number


def position_node(tongue: Tongue, node: str, name: Data, printed: Data | None = None) -> Node:
    """A position, under the name of the day; what it was called in the paper is told."""
    lines: tuple[Line, ...] = ()
    if printed is not None:
        written = tongue("Tertulis", "Written as") + f": {tongue.name(printed)}"
        lines = (Line(written, "soft"),)
    return Node(node, "position", tongue("Jabatan", "Position"), tongue.name(name), lines)


def kind_word(tongue: Tongue, kind: str, *, ub: bool = False) -> str:
    """What a kind of grant is called."""
    return tongue.of(KINDS, "ub" if ub else kind)


def bearer(tongue: Tongue, who: str, whom: str) -> Line:
    """Who answers for what is done by a link."""
    end = (
        tongue("penerima", "the receiver") if who == "receiver" else tongue("pemberi", "the giver")
    )
    return Line(tongue("Tanggung jawab", "Responsible") + f": {end}, {whom}")


def recorded(tongue: Tongue, entry: str, cite: Data) -> Line:
    """Where an entry stands in the register's events."""
    version = tongue("versi", "version")
    said = f"{tongue('Register', 'Register')}: {entry}, {version} {cite['version']}, "
    return Line(f"{said}{cite['hash'][:12]}", "soft")


def grant_link(
    tongue: Tongue,
    link: str,
    data: Data,
    receiver: str,
    *,
    giver: str | None,
    laws: tuple[str, ...],
    broken: Break | None = None,
) -> Link:
    """A grant of a chain: kind, dates, who answers for it, and why it is broken if it is."""
    ends = {"giver": data["giver"], "receiver": data["receiver"]}
    held = data["responsibility"]["bearer"]
    end = ends[held] or data["receiver"]
    lines = [
        Line(capital(tongue.term(data["since"], data["until"])), "strong"),
        bearer(tongue, held, tongue.name(end["name"])),
    ]
    if data.get("moved"):
        moved = tongue("Berpindah dengan reorganisasi", "Moved by a re-organisation")
        lines.append(Line(f"{moved}: {', '.join(data['moved'])}"))
    if "hash" in data:
        lines.append(recorded(tongue, data["grant"], data))
    heading = kind_word(tongue, data["kind"], ub=data.get("ub", False))
    said = (*broken_lines(tongue, broken), *lines)
    return Link(link, heading, receiver, said, giver, laws, broken)


def seat_link(
    tongue: Tongue, seat: Data, position: str | None, person: str, broken: Break | None, by: str
) -> Link:
    """The letter by which the officer holds the position; an acting one is a mandate of its own."""
    letter = seat["letter"]
    number = tongue("Surat", "Letter") + f" {letter['number']}, {tongue.day(letter['dated'])}"
    lines = [Line(capital(tongue.term(seat["since"], seat["until"])), "strong"), Line(number)]
    if seat["form"] != "definitive":
        own = tongue("Mandat tersendiri", "A mandate of its own")
        lines.append(Line(own))
        if by:
            lines.append(bearer(tongue, "giver", by))
    if "hash" in seat:
        lines.append(recorded(tongue, seat["incumbency"], seat))
    said = (*broken_lines(tongue, broken), *lines)
    return Link("seat", tongue.of(FORMS, seat["form"]), person, said, position, (), broken)


def broken_lines(tongue: Tongue, broken: Break | None) -> Iterator[Line]:
    """What a broken link says first: that it is broken, and why. Codes are English words, so the page
    in Bahasa Indonesia has them in `data-broken` only."""
    if broken is not None:
        yield Line(tongue("TERPUTUS", f"BROKEN · {broken.code}"), "bad")
        yield Line(capital(broken.reason), "bad")


def because(tongue: Tongue, broken: Break) -> str:
    """The reason of a break as a sentence above the picture."""
    return capital(broken.reason) + tongue("", f" [{broken.code}]")


def withdrawn_line(tongue: Tongue, register: Register, grant: str, day: date) -> Iterator[Line]:
    """From when on a grant is taken back, and by what."""
    found = register.withdrawal_of(grant, day)
    if found is not None and isinstance(found.entry, Withdrawal):
        basis = found.entry.basis
        instrument, line = register.instrument(basis.instrument), register.line(basis)
        number = numbered(instrument.number) if instrument else basis.instrument
        at = line.number if line else basis.line
        since = tongue("Ditarik kembali sejak", "Taken back from")
        yield Line(f"{since} {tongue.day(found.entry.since)}: {number}, {at}")


def capital(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]
