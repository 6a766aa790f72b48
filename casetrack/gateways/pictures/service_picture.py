"""All that the register says of one service on a day, as a diagram; what does not hold is shown too."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from casetrack.domain.authority.chain import Chain, Power, power_of
from casetrack.domain.authority.entries import Basis, Grant, InstrumentForm, covers
from casetrack.domain.authority.link_codes import LINK_CODES
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import BEARER, amended_by
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Action
from casetrack.gateways.pictures.diagram import Diagram, Line, Link, Node, Tone
from casetrack.gateways.pictures.parts import (
    amended_line,
    because,
    broken_lines,
    capital,
    cited,
    kind_word,
    numbered,
    withdrawn_line,
)
from casetrack.gateways.pictures.position_holders import Seats
from casetrack.gateways.pictures.position_tree import forest
from casetrack.gateways.pictures.words import Tongue

_FORM_ORDER: tuple[InstrumentForm, ...] = (
    "constitution",
    "act",
    "government_regulation",
    "presidential_regulation",
    "ministerial_regulation",
    "provincial_regulation",
    "governor_regulation",
    "city_regulation",
    "regency_regulation",
    "mayor_regulation",
    "regent_regulation",
    "decree",
    "letter",
    "judgment",
)
_NEARNESS = {code: place for place, code in enumerate(LINK_CODES)}


def service_diagram(
    register: Register, service: str, day: date, tongue: Tongue, name: str, *, strategic: bool
) -> Diagram:
    """Instruments, positions by line of authority, every grant that names the service, persons."""
    return _Service(register, service, day, tongue, strategic).diagram(name)


@dataclass
class _Service:
    register: Register
    service: str
    day: date
    tongue: Tongue
    strategic: bool
    numbers: dict[str, int] = field(default_factory=dict)
    _powers: dict[tuple[str, Action], Power] = field(default_factory=dict)

    def diagram(self, name: str) -> Diagram:
        grants = sorted(
            (
                (recorded, grant)
                for recorded, grant in self.register.all_of(Grant)
                if covers(grant.services, self.service)
            ),
            key=lambda each: (each[1].since, each[0].id),
        )
        laws = list(self._laws([basis for _, grant in grants for basis in grant.basis]))
        links = sorted(
            (self._grant(recorded, grant) for recorded, grant in grants),
            key=lambda link: link.broken is None,
        )
        ends = dict.fromkeys(end for link in links for end in (link.giver, link.receiver) if end)
        places = [place.position for place in forest(sorted(ends), links)]
        sitting = Seats(self.register, self.day, self.tongue)
        seats = [sitting.of(_id(position)) for position in places]
        nodes = [*laws, *(self._position(position) for position in places)]
        nodes += [person for persons, _ in seats for person in persons]
        taken = [link for _, each in seats for link in each]
        tone, verdict, reasons = self._verdict(links, nodes)
        return Diagram(
            language=self.tongue.language,
            title=self.tongue("Kewenangan layanan", "Authority for a service") + f": {name}",
            subtitle=(
                self.tongue("Menurut register pada", "According to the register on")
                + f" {self.tongue.day(self.day)}",
            ),
            tone=tone,
            verdict=verdict,
            reasons=reasons,
            nodes=tuple(nodes) or (self._nothing(),),
            links=(*links, *taken),
        )

    # --- laws -------------------------------------------------------------------------------------

    def _laws(self, bases: list[Basis]) -> Iterator[Node]:
        named: dict[str, list[Basis]] = defaultdict(list)
        for basis in dict.fromkeys(bases):
            named[basis.instrument].append(basis)
        for place, instrument in enumerate(sorted(named, key=self._rank), start=1):
            self.numbers[instrument] = place
            yield self._law(instrument, named[instrument])

    def _rank(self, instrument: str) -> tuple[int, date, str]:
        found = self.register.instrument(instrument)
        if found is None:
            return len(_FORM_ORDER), date.max, instrument
        return _FORM_ORDER.index(found.form), found.dated, instrument

    def _law(self, instrument: str, bases: list[Basis]) -> Node:
        found, tongue = self.register.instrument(instrument), self.tongue
        heading = f"[{self.numbers[instrument]}] " + tongue("Dasar hukum", "Law")
        faults = dict.fromkeys(self.register.basis_fault(basis, self.day, None) for basis in bases)
        bad = [Line(capital(tongue.broken(fault).reason), "bad") for fault in faults if fault]
        if found is None:
            return Node(f"law-{instrument}", "law", heading, instrument, tuple(bad), empty=True)
        title, about = cited(found.title, found.number)
        lines = [Line(about)]
        for basis in bases:
            line = self.register.line_on(basis, self.day).line
            if line is not None:
                lines += [Line(line.number, "strong"), Line(f"“{line.text}”")]
        term = tongue("Berlaku", "In force") + f" {tongue.term(found.since, found.until)}"
        lines.append(Line(term, "soft"))
        stood = amended_by(self.register, instrument, self.day)
        lines += [amended_line(tongue, each.as_data()) for each in stood]
        return Node(f"law-{instrument}", "law", heading, title, (*lines, *bad))

    # --- positions and grants ---------------------------------------------------------------------

    def _position(self, node: str) -> Node:
        position = _id(node)
        post = self.register.post(position)
        title = self._name(position)
        if post is None:
            gone = Line(capital(self.tongue.broken("position_not_there").reason), "bad")
            return Node(node, "position", self.tongue("Jabatan", "Position"), title, (gone,))
        heading = self.tongue("Jabatan", "Position") + f" · {post.agency}"
        return Node(node, "position", heading, title)

    def _name(self, position: str) -> str:
        return self.tongue.name(self.register.name_of(position, self.day).as_dict())

    def _grant(self, recorded: Recorded, grant: Grant) -> Link:
        holder, moved = self.register.moved(grant.receiver, self.service, grant.since, self.day)
        giver = None
        if grant.giver is not None:
            giver = self.register.moved(grant.giver, self.service, grant.since, self.day)[0]
            giver = giver or grant.giver
        resting = self._resting(grant)
        code, partly = (None, {}) if resting else self._fault(recorded.id, grant, holder)
        broken = self.tongue.broken(code) if code else None
        ends = BEARER[grant.kind] == "giver", giver
        lines = [Line(resting, "soft")] if resting else []
        lines += [*broken_lines(self.tongue, broken), *self._said(grant, ends, partly)]
        lines += withdrawn_line(self.tongue, self.register, recorded.id, self.day)
        if holder != grant.receiver and moved:
            was = self.tongue("Semula kepada", "At first to")
            lines.append(Line(f"{was} {self._name(grant.receiver)}", "soft"))
        return Link(
            f"grant-{recorded.id}",
            kind_word(self.tongue, grant.kind, ub=grant.ub),
            f"position-{holder or grant.receiver}",
            tuple(lines),
            f"position-{giver}" if giver else None,
            tuple(dict.fromkeys(f"law-{basis.instrument}" for basis in grant.basis)),
            broken,
            resting=resting is not None,
        )

    def _resting(self, grant: Grant) -> str | None:
        """That a grant has ended or has not begun by its own dates; None where it runs."""
        if grant.until is not None and grant.since <= grant.until < self.day:
            return self.tongue("Sudah berakhir", "Has ended")
        if grant.since > self.day:
            return self.tongue("Belum berlaku", "Has not begun")
        return None

    def _said(
        self, grant: Grant, by: tuple[bool, str | None], partly: dict[str, str]
    ) -> Iterator[Line]:
        tongue = self.tongue
        yield Line(capital(tongue.term(grant.since, grant.until)), "strong")
        if by[1] is not None:
            yield Line(tongue("Dari", "From") + f" {self._name(by[1])}")
        for basis in grant.basis:
            found = self.register.instrument(basis.instrument)
            line = self.register.line_on(basis, self.day).line
            number = numbered(found.number) if found else basis.instrument
            at = line.number if line else basis.line
            yield Line(f"[{self.numbers[basis.instrument]}] {number}, {at}")
        yield Line(capital(tongue.actions(grant.actions)))
        who = tongue("pemberi", "the giver") if by[0] else tongue("penerima", "the receiver")
        yield Line(tongue("Tanggung jawab", "Responsible") + f": {who}", "soft")
        yield from (Line(tongue.bound(bound)) for bound in grant.bounds)
        for code, actions in _by_code(partly).items():
            but = tongue("tidak untuk", "not to") + f" {tongue.actions(actions)}"
            yield Line(f"{because(tongue, tongue.broken(code))}: {but}", "soft")

    def _fault(
        self, grant_id: str, grant: Grant, holder: str | None
    ) -> tuple[str | None, dict[str, str]]:
        """Why the grant holds for no action at all; or for which actions alone it does not."""
        if holder is None:
            return "power_ended", {}
        codes = {action: self._code(grant_id, holder, action) for action in grant.actions}
        fails = {action: code for action, code in codes.items() if code is not None}
        if len(fails) < len(codes):
            return None, {str(action): code for action, code in fails.items()}
        nearest = max(fails.values(), key=lambda code: _NEARNESS[code], default="no_grant")
        return nearest, {}

    def _code(self, grant_id: str, holder: str, action: Action) -> str | None:
        power = self._power(holder, action)
        if any(_last(chain) == grant_id for chain in power.chains):
            return None
        own = [failure for failure in power.failures if failure.grant == grant_id]
        if own:
            return max(own, key=lambda failure: failure.rank).code
        if any(failure.code == "cycle" for failure in power.failures):
            return "cycle"
        # What fails above is told there; here it means that the giver has nothing to give.
        return "giver_without_power"

    def _power(self, holder: str, action: Action) -> Power:
        key = holder, action
        if key not in self._powers:
            matter = Matter(action, self.service, self.day, strategic=self.strategic, bounded=False)
            self._powers[key] = power_of(self.register, holder, matter)
        return self._powers[key]

    # --- the whole --------------------------------------------------------------------------------

    def _verdict(self, links: list[Link], nodes: list[Node]) -> tuple[Tone, str, tuple[str, ...]]:
        tongue = self.tongue
        if not links:
            said = tongue("Register belum memuat apa-apa", "The register says nothing yet")
            return "open", said, (self._next(),)
        cut = sum(link.broken is not None for link in links)
        empty = sum(node.id.startswith("person-none-") for node in nodes)
        twice = sum(node.empty for node in nodes if node.kind == "person") - empty
        resting = sum(link.resting for link in links)
        running = len(links) - cut - resting
        said = tongue(
            f"{running} dari {len(links)} dasar kewenangan berlaku",
            f"{running} of {len(links)} grants of power hold",
        )
        if resting:
            said += tongue(
                f", {resting} sudah berakhir atau belum berlaku",
                f", {resting} ended or not begun",
            )
        reasons = []
        if cut:
            reasons.append(tongue(f"Terputus: {cut}.", f"Broken: {cut}."))
        if empty:
            reasons.append(tongue(f"Jabatan kosong: {empty}.", f"Vacant positions: {empty}."))
        if twice:
            held = tongue("Pejabat definitif rangkap", "Definitive holders beside another one")
            reasons.append(f"{held}: {twice}.")
        tone: Tone = "bad" if not running else "doubt" if reasons else "good"
        return tone, said, tuple(reasons)

    def _next(self) -> str:
        return self.tongue(
            "Catat dasar hukum, jabatan, pejabat, dan pelimpahannya, lalu minta petugas kedua "
            "mengonfirmasinya; setelah itu gambarnya muncul di sini.",
            "Record its instruments, positions, holders and grants, and have a second officer confirm "
            "them; then the picture appears here.",
        )

    def _nothing(self) -> Node:
        heading = self.tongue("Belum ada", "Nothing yet")
        title = self.tongue(
            "Tidak ada dasar kewenangan untuk layanan ini", "No grant names this service"
        )
        return Node("nothing", "note", heading, title, (Line(self._next()),), empty=True)


def _last(chain: Chain) -> str:
    return chain[-1].link.grant


def _by_code(partly: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for action, code in partly.items():
        found[code] = (*found.get(code, ()), action)
    return found


def _id(node: str) -> str:
    return node.removeprefix("position-")
