"""The page on which anybody verifies a product: what was found in, HTML out.

No value has room for the applicant's name, and the name that was typed is never written back.
"""

from datetime import date
from typing import Any

from casetrack.domain.service.definition import FactDefinition, Name
from casetrack.gateways.dates import known_language, plain_date
from casetrack.usecases.case.verification import Verification, Verified
from casetrack.web.http.bodies import COMPARED_MEGABYTES
from casetrack.web.pages import verification_words as words
from casetrack.web.pages.citizen_pages import Tongue, render

#: The kinds of trouble the page explains; any other code reads as the last one.
PROBLEMS = ("too_many_tries", "compared_too_large", "not_a_hash", "unreadable_form", "unavailable")
_TONE = {
    "valid": "decided",
    "expired": "over",
    "annulled": "you",
    "revoked": "you",
    "suspended": "you",
}


def verification_page(
    found: Verification | None,
    *,
    language: str,
    number: str = "",
    check_word: str = "",
    problem: str | None = None,
) -> str:
    """The page: the form, and above it what was found, a problem, or what to do first.

    Number and check word, which stand on the paper, fill the form in again.
    """
    tongue = Tongue(known_language(language))
    return render(
        "verification.html",
        tongue,
        found=found,
        said=_said(found, tongue) if found else [],
        advice=tongue.t(*words.advice(found)) if found else "",
        headline=_headline(found, tongue) if found else "",
        differs=bool(found and words.differs(found)),
        number=number,
        megabytes=COMPARED_MEGABYTES,
        check_word=check_word,
        problem=problem if problem is None or problem in PROBLEMS else PROBLEMS[-1],
        words=words,
        tone=_TONE,
        day=lambda day: plain_date(day, tongue.language),
        state=lambda each: _state(each, tongue),
        amended=lambda each: _amended(each, tongue),
        value=lambda fact, value, name: _value(fact, value, name, tongue),
    )


def _headline(found: Verification, tongue: Tongue) -> str:
    if not found.products:
        return tongue.t("Tidak dikenal", "Not known")
    differs = words.differs(found)
    if differs is not None:
        # Before how the product stands: what is in the asker's hands is something else.
        return tongue.t(*differs).rstrip(".")
    if len(found.products) > 1:
        return tongue.t("Beberapa produk bernomor ini", "Several products have this number")
    return _state(found.products[0], tongue)


def _state(product: Verified, tongue: Tongue) -> str:
    said = tongue.t(*words.VALIDITY[product.standing.validity])
    if product.standing.since is None:
        return said
    since = plain_date(product.standing.since, tongue.language)
    by = f", {tongue.t(*words.SUSPENDED_BY[product.standing.by])}" if product.standing.by else ""
    return f"{said} {tongue.t('sejak', 'since')} {since}{by}"


def _amended(product: Verified, tongue: Tongue) -> list[str]:
    """That it was corrected, and that the file is one of before; each in a sentence."""
    said = []
    if product.corrected:
        words_of, day = words.corrected(product.corrected), product.corrected.since
        said.append(tongue.t(*words_of).format(plain_date(day, tongue.language)))
    if product.replaced:
        words_of, day = words.replaced(product.replaced, product), product.replaced.since
        said.append(tongue.t(*words_of).format(plain_date(day, tongue.language)))
    return said


def _said(found: Verification, tongue: Tongue) -> list[str]:
    """What became of file, check word and name, each in a sentence; the headline has said one."""
    if not found.products:
        return []
    told = (words.FILE[found.file], words.CHECK_WORD[found.check_word], words.NAME[found.name])
    said = [sentence for each in told if (sentence := tongue.t(*each))]
    return [sentence for sentence in said if sentence.rstrip(".") != _headline(found, tongue)]


def _value(fact: FactDefinition, value: Any, name: Name | None, tongue: Tongue) -> str:
    if name is not None:
        return tongue.said(name)
    if isinstance(value, bool):
        return tongue.t("ya", "yes") if value else tongue.t("tidak", "no")
    if fact.type == "date":
        return plain_date(date.fromisoformat(value), tongue.language)
    return str(value)
