"""Why a product was annulled or revoked, in front of its applicant."""

from collections.abc import Mapping

from casetrack.gateways.dates import in_language, plain_date
from casetrack.usecases.case.told_grounds import EndedProduct
from casetrack.web.pages.wording import Words

_SINCE: Mapping[str, Words] = {
    "annulled": ("{name}{number} dibatalkan pada {day}.", "{name}{number} was annulled on {day}."),
    "revoked": ("{name}{number} dicabut pada {day}.", "{name}{number} was revoked on {day}."),
}
_BECAUSE: Words = (
    "Alasan: {grounds} Dasar: {relied_on}.",
    "Because: {grounds} Relying on: {relied_on}.",
)
_NOT_HEARD: Words = (
    "Anda tidak didengar lebih dahulu karena: {why}",
    "You were not heard first: {why}",
)
_BY_COURT: Words = ("Itu diputus oleh pengadilan.", "A court decided that.")


def ended_words(ended: EndedProduct, language: str) -> str:
    """Since when it counts no more, on which grounds, and on what they rely."""
    at = 1 if language == "en" else 0
    said = [
        _SINCE[ended.status][at].format(
            name=in_language(ended.name, language),
            number=f" {ended.number}" if ended.number else "",
            day=plain_date(ended.on, language),
        )
    ]
    if ended.by == "court":
        said.append(_BY_COURT[at])
    if ended.because is not None:
        written = ended.because.written
        grounds = " ".join(f"{each.facts} {each.rule} {each.reason}" for each in written.grounds)
        relied = "; ".join(each.rstrip(".") for each in written.relied_on)
        if grounds and relied:
            said.append(_BECAUSE[at].format(grounds=grounds, relied_on=relied))
        if ended.because.why_not_heard:
            said.append(_NOT_HEARD[at].format(why=ended.because.why_not_heard))
    return " ".join(said)
