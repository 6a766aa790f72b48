"""A refused attempt as a diagram: the papers around the link that failed, and who may act instead."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casetrack.domain.authority.chain import power_of
from casetrack.domain.authority.entries import Grant, Incumbency, covers
from casetrack.domain.authority.grant_faults import grant_fault
from casetrack.domain.authority.matter import Matter
from casetrack.domain.authority.passport import BEARER, amended_by
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register, incumbency_fault
from casetrack.gateways.pictures.decision_picture import Decision, chain_parts, frame, person_node
from casetrack.gateways.pictures.diagram import Break, Diagram, Line, Link, Node
from casetrack.gateways.pictures.parts import (
    Data,
    because,
    broken_lines,
    grant_link,
    law_nodes,
    position_node,
    seat_link,
    withdrawn_line,
)
from casetrack.gateways.pictures.words import FORMS, Tongue


@dataclass
class _Path:
    """The path as far as it is drawn: it grows from the law to the person."""

    tongue: Tongue
    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    #: Positions on the path, by their id in the register.
    last: str | None = None

    @property
    def last_node(self) -> str | None:
        """The node of the lowest position."""
        positions = [node.id for node in self.nodes if node.kind == "position"]
        return positions[-1] if positions else None

    def add_position(self, register: Register, position: str, day: date) -> str:
        """A position below the others; gives its node's id."""
        place = sum(node.kind == "position" for node in self.nodes) + 1
        node = position_node(
            self.tongue, f"position-{place}", register.name_of(position, day).as_dict()
        )
        self.nodes.append(node)
        self.last = position
        return node.id


def refusal_diagram(decision: Decision, tongue: Tongue) -> Diagram:
    """Where the chain breaks, drawn from the register as known then."""
    refused: Data = decision.refused or {}
    broken = tongue.broken(refused["code"])
    path = _path(decision, refused, broken, tongue)
    day = tongue.day(refused["day"])
    return Diagram(
        **frame(decision, tongue),
        tone="bad",
        verdict=tongue("Ditolak: tidak berwenang menurut register",
                       "Refused: not authorised according to the register"),
        reasons=(because(tongue, broken), tongue("Dinilai untuk", "Judged for") + f" {day}."),
        nodes=(*(n for n in path.nodes if n.kind == "law"), *(n for n in path.nodes if n.kind != "law")),
        links=tuple(path.links),
        asides=tuple(_who_may(refused, tongue)),
    )  # fmt: skip


def _path(decision: Decision, refused: Data, broken: Break, tongue: Tongue) -> _Path:
    register = decision.register or Register(())
    day = date.fromisoformat(refused["day"])
    matter = Matter(refused["action"], decision.service, day, bounded=False)
    path = _Path(tongue)
    link: Data = refused.get("link") or {}
    position = refused.get("position")
    failing = register.find(Grant, "grant", link["grant"]) if link.get("grant") else None
    if failing is not None:
        _broken_grant(path, register, matter, link["grant"], failing, link["position"], broken)
    elif "grant" in link:
        _no_grant(path, register, matter, link, broken)
    elif position is not None:
        _whole_chain(path, register, position, matter)
    _seat(path, register, decision, refused, matter, None if "grant" in link else broken)
    return path


def _whole_chain(path: _Path, register: Register, position: str, matter: Matter) -> None:
    best = power_of(register, position, matter).best
    if best is None:
        path.add_position(register, position, matter.day)
        return
    nodes, links, _ = chain_parts([held.link.as_data() for held in best], path.tongue, {})
    path.nodes += nodes
    path.links += links
    path.last = position


def _broken_grant(
    path: _Path,
    register: Register,
    matter: Matter,
    grant_id: str,
    grant: Grant,
    receiver: str,
    broken: Break,
) -> None:
    if grant.giver is not None:
        _whole_chain(path, register, grant.giver, matter)
    _add_grant(path, register, matter, (grant_id, grant, receiver), broken)


def _add_grant(
    path: _Path,
    register: Register,
    matter: Matter,
    given: tuple[str, Grant, str],
    broken: Break | None,
) -> None:
    """A grant that makes no chain: what its paper says, and the position that was to have it."""
    grant_id, grant, receiver = given
    giver = path.last_node
    laws = law_nodes(path.tongue, f"law-{grant_id}", _rests(register, grant, matter.day))
    path.nodes += laws
    node = path.add_position(register, receiver, matter.day)
    link = grant_link(
        path.tongue,
        f"link-{grant_id}",
        _as_link(register, grant_id, grant, receiver, matter.day),
        node,
        giver=giver,
        laws=tuple(law.id for law in laws),
        broken=broken,
    )
    taken = withdrawn_line(path.tongue, register, grant_id, matter.day)
    path.links.append(replace(link, lines=(*link.lines, *taken)))


def _rests(register: Register, grant: Grant, day: date) -> list[Data]:
    found: list[Data] = []
    for basis in grant.basis:
        instrument = register.instrument(basis.instrument)
        line = register.line_on(basis, day).line
        if instrument is not None:
            found.append(
                {
                    "instrument": basis.instrument,
                    "number": instrument.number,
                    "title": instrument.title,
                    "line": line.number if line else basis.line,
                    "printed": line.text if line else "…",
                    "dated": instrument.dated,
                    "since": instrument.since,
                    "until": instrument.until,
                    "amended": [
                        each.as_data() for each in amended_by(register, basis.instrument, day)
                    ],
                }
            )
    return found


def _as_link(
    register: Register, grant_id: str, grant: Grant, receiver: str, day: date
) -> dict[str, Any]:
    def end(position: str) -> Data:
        return {"position": position, "name": register.name_of(position, day).as_dict()}

    cite = register.by_id["grant", grant_id].cite
    return {
        "grant": grant_id,
        "kind": grant.kind,
        "giver": end(grant.giver) if grant.giver else None,
        "receiver": end(receiver),
        "since": grant.since,
        "until": grant.until,
        "responsibility": {"bearer": BEARER[grant.kind]},
        "ub": grant.ub,
        **cite.as_data(),
    }


def _no_grant(path: _Path, register: Register, matter: Matter, link: Data, broken: Break) -> None:
    """The position was given nothing for this; there is no paper to draw."""
    tongue = path.tongue
    node = path.add_position(register, link["position"], matter.day)
    on = Line(tongue("Dicari untuk", "Looked for on") + f" {tongue.day(matter.day)}", "strong")
    heading = tongue("Dasar kewenangan", "Grant of power")
    lines = (*broken_lines(tongue, broken), on)
    path.links.append(Link("link-none", heading, node, lines, None, (), broken))


def _seat(
    path: _Path,
    register: Register,
    decision: Decision,
    refused: Data,
    matter: Matter,
    broken: Break | None,
) -> None:
    """From the lowest position to the officer: their letter, or that they have none."""
    tongue, officer = path.tongue, decision.officer or "?"
    held = _letter(register, officer, refused, path.last, matter.day)
    if held is not None and isinstance(held.entry, Incumbency):
        if held.entry.position != path.last and path.last is not None:
            _descend(path, register, matter, held.entry.position)
        data = _seat_data(held, held.entry)
        by = held.entry.letter.by
        given = tongue.name(register.name_of(by, matter.day).as_dict()) if by else ""
        path.links.append(seat_link(tongue, data, path.last_node, "person", broken, given))
    else:
        on = Line(tongue("Pada", "On") + f" {tongue.day(matter.day)}", "strong")
        none = broken or tongue.broken("not_incumbent")
        heading = tongue("Surat keputusan", "Letter of appointment")
        lines = (*broken_lines(tongue, none), on)
        path.links.append(Link("seat", heading, "person", lines, path.last_node, (), none))
    path.nodes.append(person_node(tongue, decision, officer, refused["action"]))


def _letter(
    register: Register, officer: str, refused: Data, position: str | None, day: date
) -> Recorded | None:
    """The letter that the refusal names, else the one that runs; that of the position first."""
    named = (refused.get("link") or {}).get("incumbency")
    found = [
        (
            (one.id != named, held.position != position, incumbency_fault(held, day) or "", one.id),
            one,
        )
        for one in register.held_by(officer)
        if isinstance(held := one.entry, Incumbency)
    ]
    return min(found, key=lambda each: each[0])[1] if found else None


def _seat_data(held: Recorded, entry: Incumbency) -> Data:
    return {
        "incumbency": held.id,
        "form": entry.form,
        "letter": {"number": entry.letter.number, "dated": entry.letter.dated},
        "since": entry.since,
        "until": entry.until,
        **held.cite.as_data(),
    }


def _descend(path: _Path, register: Register, matter: Matter, position: str) -> None:
    """The grants between a broken link and the officer's own position: broken with it."""
    way = _way(register, path.last or "", position, matter, ())
    for recorded, grant, receiver in way or []:
        fault = grant_fault(register, receiver, recorded.id, grant, matter)
        broken = path.tongue.broken(fault or "giver_without_power")
        _add_grant(path, register, matter, (recorded.id, grant, receiver), broken)
    if way is None:
        path.add_position(register, position, matter.day)


_Step = tuple[Recorded, Grant, str]


def _way(
    register: Register, top: str, bottom: str, matter: Matter, seen: tuple[str, ...]
) -> list[_Step] | None:
    """Grants that lead from one position down to another, whether or not they hold."""
    for recorded in register.received_by(bottom, matter.service):
        grant = recorded.entry
        if not isinstance(grant, Grant) or grant.giver is None or grant.giver in seen:
            continue
        if matter.action not in grant.actions or not covers(grant.services, matter.service):
            continue
        step: _Step = (recorded, grant, bottom)
        if grant.giver == top:
            return [step]
        above = _way(register, top, grant.giver, matter, (*seen, bottom))
        if above is not None:
            return [*above, step]
    return None


def _who_may(refused: Data, tongue: Tongue) -> list[Node]:
    """Who may act instead on that day, and which position that could stands empty."""
    lines = [
        Line(f"{tongue.name(each['name'])}: {each['officer']}, {tongue.of(FORMS, each['form'])}")
        for each in refused.get("alternatives", ())
    ]
    lines += [
        Line(f"{tongue.name(each['name'])}: " + tongue("kosong", "vacant"), "soft")
        for each in refused.get("vacant", ())
    ]
    if not lines:
        lines = [Line(tongue(
            "Menurut register, pada hari itu tidak ada pejabat yang berwenang.",
            "According to the register, nobody could act on that day."))]  # fmt: skip
    heading = tongue("Yang berwenang pada hari itu", "Who may act on that day")
    return [Node("alternatives", "note", heading, "", tuple(lines))]
