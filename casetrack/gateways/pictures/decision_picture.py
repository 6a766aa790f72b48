"""The chain of one decision as a diagram: from the law down to the person who signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from casetrack.domain.authority.check import SEAT_CODES
from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import local_moment
from casetrack.gateways.pictures.diagram import Break, Diagram, Line, Link, Node, Tone
from casetrack.gateways.pictures.parts import (
    Data,
    because,
    grant_link,
    law_nodes,
    position_node,
    seat_link,
)
from casetrack.gateways.pictures.unchecked_decisions import unproven
from casetrack.gateways.pictures.words import ACTION_WORDS, Tongue

SEAT = "seat"


@dataclass(frozen=True, slots=True)
class Recheck:
    """A passport judged again, by the register as then recorded or as now known."""

    holds: bool
    code: str | None = None
    link: Data | None = None

    @classmethod
    def of(cls, data: Data | None) -> Self | None:
        """From what a trace says of it (domain.authority.again); None when nobody judged again."""
        return cls(data["holds"], data.get("code"), data.get("link")) if data else None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, or one refused attempt, as events tell it.

    `authority` is the event's (`scheme` and, where checked, `passport`). A refused attempt has
    `refused` instead: code, position, link, alternatives, vacant; with the `register` as known then
    its picture shows the papers around the link that failed.
    """

    number: str
    service: str
    service_name: Name
    step: Name
    at: datetime
    zone: str
    officer: str | None
    authority: Data | None = None
    refused: Data | None = None
    then: Recheck | None = None
    now: Recheck | None = None
    recorded_at: datetime | None = None
    register: Register | None = None


def frame(decision: Decision, tongue: Tongue) -> dict[str, Any]:
    """What every picture of a decision says first."""
    at = local_moment(decision.at, decision.zone, tongue.language)
    subtitle = [
        f"{decision.number} · {tongue.name(decision.service_name.as_dict())}",
        f"{tongue.name(decision.step.as_dict())} · {at}",
    ]
    if decision.recorded_at is not None and decision.recorded_at != decision.at:
        late = local_moment(decision.recorded_at, decision.zone, tongue.language)
        subtitle.append(tongue("Dicatat kemudian", "Recorded later") + f": {late}")
    return {
        "language": tongue.language,
        "title": tongue("Rantai kewenangan", "Chain of authority"),
        "subtitle": tuple(subtitle),
    }


def decision_diagram(decision: Decision, tongue: Tongue) -> Diagram:
    """The chain of a decision of any scheme; never more than its scheme can say."""
    authority = decision.authority or {"scheme": "imported"}
    if authority["scheme"] == "checked":
        return _checked(decision, authority["passport"], tongue)
    return _not_checked(decision, authority, tongue)


# --- checked ------------------------------------------------------------------------------------


def _checked(decision: Decision, passport: Data, tongue: Tongue) -> Diagram:
    breaks = _breaks(decision, passport, tongue)
    nodes, links, names = chain_parts(passport["chain"], tongue, breaks)
    seat = passport["seat"]
    names[seat["position"]] = tongue.name(seat["name"])
    last = passport["chain"][-1]["receiver"]["position"]
    position = f"position-{len(passport['chain'])}"
    if seat["position"] != last:
        nodes.append(position_node(tongue, "position-taker", seat["name"]))
        links.append(_taken_over(passport, position, tongue))
        position = "position-taker"
    nodes.append(person_node(tongue, decision, seat["officer"], passport["action"]))
    by = seat.get("responsibility", {}).get("position")
    given = names.get(by, by) if by else ""
    links.append(seat_link(tongue, seat, position, "person", breaks.get(SEAT), given))
    tone, verdict, reasons = _verdict(decision, breaks, tongue)
    asides = [_signature(passport, tongue)]
    if passport.get("remarks"):
        asides.append(_remarks(passport["remarks"], tongue))
    if operators := _set_up_by(passport):
        asides.append(_set_up(operators, tongue))
    return Diagram(
        **frame(decision, tongue),
        tone=tone,
        verdict=verdict,
        reasons=reasons,
        nodes=tuple(nodes),
        links=tuple(links),
        asides=tuple(asides),
    )


def chain_parts(
    chain: list[Data], tongue: Tongue, breaks: Mapping[str, Break]
) -> tuple[list[Node], list[Link], dict[str, str]]:
    """Laws, positions and the grants between them; and what the positions are called."""
    laws: list[Node] = []
    positions: list[Node] = []
    links: list[Link] = []
    names: dict[str, str] = {}
    for place, data in enumerate(chain, start=1):
        rests = law_nodes(tongue, f"law-{place}", data["rests_on"])
        receiver, giver = data["receiver"], data["giver"]
        node = f"position-{place}"
        positions.append(position_node(tongue, node, receiver["name"], receiver.get("printed")))
        names[receiver["position"]] = tongue.name(receiver["name"])
        above = f"position-{place - 1}" if giver and place > 1 else None
        given = tuple(rest.id for rest in rests)
        broken = breaks.get(data["grant"])
        links.append(
            grant_link(tongue, f"link-{place}", data, node, giver=above, laws=given, broken=broken)
        )
        laws += rests
    return [*laws, *positions], links, names


def person_node(tongue: Tongue, decision: Decision, officer: str, action: str | None) -> Node:
    """The person at the bottom: a login, nothing else. Who was refused only wanted to."""
    did = tongue.of(ACTION_WORDS, action) if action else ""
    if decision.refused is not None:
        did = tongue("Hendak", "Wanted to") + f" {did}"
    at = local_moment(decision.at, decision.zone, tongue.language)
    line = Line(f"{did[:1].upper()}{did[1:]}, {at}" if did else at)
    return Node("person", "person", tongue("Petugas", "Officer"), officer, (line,),
                empty=decision.refused is not None)  # fmt: skip


def _taken_over(passport: Data, giver: str, tongue: Tongue) -> Link:
    """The superior decides for a conflicted holder (UU 30/2014 art. 42): a link of its own."""
    day = tongue("Sejak keputusan ini", "For this decision") + f", {tongue.day(passport['day'])}"
    reason = tongue(
        "Benturan kepentingan pada bawahan; atasan mengambil alih (UU 30/2014 Pasal 42)",
        "Conflict of interest below; the superior took over (UU 30/2014 art. 42)",
    )
    heading = tongue("Pengambilalihan", "Taking over")
    return Link("taken-over", heading, "position-taker", (Line(day, "strong"), Line(reason)), giver)


def _breaks(decision: Decision, passport: Data, tongue: Tongue) -> dict[str, Break]:
    """Which link is broken, by the newest judgement that says so: grant id, or the seat."""
    for judged in (decision.now, decision.then):
        if judged is not None and not judged.holds:
            code = judged.code or "no_grant"
            return {_place(passport, code, judged.link): tongue.broken(code)}
    return {}


def _place(passport: Data, code: str, link: Data | None) -> str:
    chain, failing = passport["chain"], link or {}
    grants = [each["grant"] for each in chain]
    if failing.get("grant") in grants:
        return str(failing["grant"])
    if code in SEAT_CODES or "grant" not in failing:
        return SEAT
    at = [each["grant"] for each in chain if each["receiver"]["position"] == failing["position"]]
    return str((at or grants)[-1])


def _verdict(
    decision: Decision, breaks: Mapping[str, Break], tongue: Tongue
) -> tuple[Tone, str, tuple[str, ...]]:
    authorised = tongue("Berwenang menurut register", "Authorised according to the register")
    why = tuple(because(tongue, each) for each in breaks.values())
    if not breaks:
        again = tongue(
            "Diperiksa ulang: hasilnya tetap sama, baik menurut register pada saat itu maupun menurut "
            "yang diketahui sekarang.",
            "Judged again: by the register as then recorded and as now known, still so.",
        )
        return "good", authorised, (again,) if decision.then and decision.now else ()
    if decision.then is not None and not decision.then.holds:
        said = tongue(
            "Register saat itu tidak memuat dasar untuk keputusan ini",
            "The register of that day does not carry this decision",
        )
        return "bad", said, why
    said = tongue(
        "Diragukan karena data yang dicatat kemudian", "Questioned by facts recorded later"
    )
    then = tongue(
        "Menurut register saat itu: berwenang.", "By the register as then recorded: authorised."
    )
    return "doubt", said, (*why, then)


def _signature(passport: Data, tongue: Tongue) -> Node:
    heading = tongue("Blok tanda tangan", "Signature block")
    lines = tuple(Line(line, "strong") for line in passport["signature"])
    officer = Line(passport["seat"]["officer"], "soft")
    return Node("signature", "note", heading, "", (*lines, officer))


def _remarks(remarks: list[Data], tongue: Tongue) -> Node:
    words = {
        "conflict_lifted": (
            "Benturan kepentingan dicabut oleh atasan",
            "Conflict of interest lifted by the superior",
        ),
        "taken_over": (
            "Diambil alih oleh atasan karena benturan kepentingan",
            "Taken over by the superior because of a conflict of interest",
        ),
        "same_person": (
            "Petugas yang sama mengerjakan tahapan sebelumnya",
            "The same officer did an earlier step",
        ),
        "after_limit": (
            "Ditolak setelah batas waktu menurut hukum terlewati",
            "Refused after the limit of law had passed",
        ),
        "objection": (
            "Keberatan diputus oleh jabatan yang menetapkan keputusan",
            "The objection is decided by the position that made the decision",
        ),
        "appeal": (
            "Banding diputus oleh atasan jabatan yang menetapkan keputusan",
            "The appeal is decided by the superior of the position that made the decision",
        ),
        "giver_acts": (
            "Pemberi delegasi menggunakan sendiri kewenangannya",
            "Who delegated the power used it themselves",
        ),
    }
    lines = []
    for remark in remarks:
        kind = str(remark.get("kind", ""))
        detail = remark.get("by") or remark.get("article") or ", ".join(remark.get("steps", ()))
        said = tongue.of(words, kind)
        lines.append(Line(f"{said}: {detail}" if detail else said))
    return Node("remarks", "note", tongue("Catatan", "Remarks"), "", tuple(lines))


def _set_up_by(passport: Data) -> list[str]:
    """Who put in papers that this rests on and no registrar had confirmed."""
    links = passport["chain"]
    rests = [rest for link in links for rest in link["rests_on"]]
    amended = [each for rest in rests for each in rest.get("amended", ())]
    cites = [passport["seat"], *links, *rests, *amended]
    return sorted({str(cite["set_up"]) for cite in cites if cite.get("set_up")})


def _set_up(operators: list[str], tongue: Tongue) -> Node:
    said = tongue(
        "Bersandar pada surat yang dicatat saat penyiapan dan belum disahkan petugas register",
        "Rests on papers of the set-up that no registrar had confirmed",
    )
    line = Line(f"{said}: {', '.join(operators)}")
    return Node("set-up", "note", tongue("Penyiapan", "Set-up"), "", (line,))


# --- what nobody checked --------------------------------------------------------------------------


def _not_checked(decision: Decision, authority: Data, tongue: Tongue) -> Diagram:
    said = unproven(authority, tongue)
    heading = tongue("Rantai kewenangan", "Chain of authority")
    why = (Line(said.reason),)
    note = Node("law-note", "note", heading, said.verdict, why, empty=True)
    at = local_moment(decision.at, decision.zone, tongue.language)
    links = []
    nodes = [note]
    if decision.officer is not None:
        heading = tongue("Tanpa paspor", "Without a passport")
        lines = (Line(said.by, "strong"), Line(at))
        links.append(Link("seat", heading, "person", lines, note.id))
        nodes.append(person_node(tongue, decision, decision.officer, None))
    return Diagram(
        **frame(decision, tongue),
        tone="open",
        verdict=said.verdict,
        reasons=(said.reason,),
        nodes=tuple(nodes),
        links=tuple(links),
    )
