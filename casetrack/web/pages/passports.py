"""Pages that hold a picture of authority: the passport of a decision, and a service on a day.

Values in, HTML out, like `pages`; the words of the picture stand beside it as a list.
"""

from dataclasses import dataclass

from casetrack.domain.service.definition import Name
from casetrack.gateways.dates import known_language
from casetrack.gateways.pictures import Decision, Picture
from casetrack.web.pages.citizen_pages import Tongue, render


@dataclass(frozen=True, slots=True)
class Passport:
    """One decision with its picture; `version` and `hash` are those of its event."""

    decision: Decision
    picture: Picture
    office: Name
    version: int
    hash: str


def passport_page(passport: Passport, *, language: str) -> str:
    """`Paspor kewenangan`: a page to print, A4; words on the first sheet, the picture behind it."""
    decision = passport.decision
    authority = decision.authority or {}
    return render(
        "passport.html",
        Tongue(known_language(language), decision.zone),
        passport=passport,
        decision=decision,
        proof=authority.get("passport"),
        diagram=passport.picture.diagram,
        picture=passport.picture,
        late=decision.recorded_at is not None and decision.recorded_at != decision.at,
    )


def picture_page(picture: Picture, *, language: str) -> str:
    """A picture with its words."""
    tongue = Tongue(known_language(language))
    return render("picture.html", tongue, picture=picture, diagram=picture.diagram)
