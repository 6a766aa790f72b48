"""Pictures of authority: the chain of a decision, and all of one service on a day.

Values in, SVG text out; the same content as an ordered list. Read in this order: diagram (what is
said), decision, schemes, refused, service, seats (what makes a diagram), cards and scene (what is
drawn), stairs and columns (where it stands), svg, listing.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from casetrack.domain.authority.register import Register
from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language, local_moment
from casetrack.gateways.pictures.chain_layout import stairs
from casetrack.gateways.pictures.columns import columns
from casetrack.gateways.pictures.decision_picture import Decision, Recheck, decision_diagram
from casetrack.gateways.pictures.diagram import Diagram
from casetrack.gateways.pictures.listing import ordered_list
from casetrack.gateways.pictures.refused import refusal_diagram
from casetrack.gateways.pictures.scene import Scene
from casetrack.gateways.pictures.service_picture import service_diagram
from casetrack.gateways.pictures.svg import STYLE_SOURCE, svg
from casetrack.gateways.pictures.words import Tongue

__all__ = ["STYLE_SOURCE", "Decision", "Picture", "Recheck", "chain_picture", "service_picture"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One content in two forms."""

    diagram: Diagram
    scene: Scene

    @property
    def svg(self) -> str:
        """The drawing, a document of its own."""
        return svg(self.scene)

    @property
    def listing(self) -> str:
        """The same content as an HTML `<ol>`."""
        return ordered_list(self.diagram)


def chain_picture(decision: Decision, language: str = "id") -> Picture:
    """The chain of a decision, or of a refused attempt: law on top, the person at the bottom."""
    tongue = Tongue(known_language(language))
    make = refusal_diagram if decision.refused is not None else decision_diagram
    diagram = make(decision, tongue)
    return Picture(diagram, stairs(diagram))


def service_picture(
    register: Register,
    service: str,
    day: date,
    *,
    name: Name | None = None,
    strategic: bool = False,
    known: datetime | None = None,
    zone: str = "UTC",
    language: str = "id",
) -> Picture:
    """All that the register says of one service on a day: what holds, what does not, who sits where.

    `register` is as it was known at the moment `known`; None is now.
    """
    tongue = Tongue(known_language(language))
    title = tongue.name((name or Name(service, service)).as_dict())
    diagram = service_diagram(register, service, day, tongue, title, strategic=strategic)
    if known is not None:
        then = tongue("Sebagaimana diketahui pada", "As known on")
        told = f"{then} {local_moment(known, zone, tongue.language)}"
        diagram = replace(diagram, subtitle=(*diagram.subtitle, told))
    return Picture(diagram, columns(diagram))
