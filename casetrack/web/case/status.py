"""The status document for anybody: where it is, who holds it, until when; more with the code."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints

from casetrack.domain.case.bills import is_gratis
from casetrack.domain.case.documents import by_requirement
from casetrack.domain.case.public import public_status
from casetrack.domain.case.reviews import MayObject
from casetrack.domain.case.silence import article_of
from casetrack.domain.case.transitions import OPEN_CASE
from casetrack.domain.case.waiting_products import product_news
from casetrack.domain.people.contact import Language
from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.usecases.authority.mall import outside_views
from casetrack.usecases.case.sent_files import SentFile, sent_files
from casetrack.usecases.case.signed_anew import SignedAnew
from casetrack.usecases.case.status import MissingParaf, PutRight, Status
from casetrack.usecases.case.told_grounds import EndedProduct
from casetrack.usecases.case.views import agency_view
from casetrack.web.case.clock_answer import limit_view
from casetrack.web.http.models import Asked
from casetrack.web.pages.ended_words import ended_words
from casetrack.web.pages.inspection_words import inspection_sentence
from casetrack.web.pages.news_words import (
    check_passed,
    complete_by,
    facts_corrected,
    issued_corrected,
    missing_paraf,
    signed_anew,
)
from casetrack.web.pages.rights_words import (
    after_refusal,
    after_the_limit,
    limit_passed,
    objection_words,
    status_label,
)
from casetrack.web.pages.wording import (
    document_words,
    issued_elsewhere,
    label,
    next_action,
    power_wait,
    reviewed_by,
)


class StatusQuery(Asked):
    """The access code may come here or, better, in the header X-Access-Code."""

    code: Annotated[str, StringConstraints(max_length=64)] | None = None
    lang: Language = "id"


def both(kind: str, code: str) -> dict[str, str]:
    """A label in both languages."""
    return Name(label(kind, code, "id"), label(kind, code, "en")).as_dict()


def shown_status(found: Status) -> str:
    """Without the code a granted or refused case says only that there is a decision."""
    return found.state.status if found.detailed else public_status(found.state.status)


def shown_label(found: Status, language: str) -> str:
    """What the status is called, for who may see so much of it."""
    noted = found.definition.tracked_only
    return status_label(shown_status(found), language, late=found.late, noted=noted)


def shown_waiting(found: Status) -> str | None:
    """For whom the case waits. Without the code nobody learns of a decided one that its letter is still
    to be signed, or its product being corrected."""
    state = found.state
    return state.waiting_for if found.detailed or state.status in OPEN_CASE else None


def status_document(found: Status) -> dict[str, Any]:
    """GET /status/{number}, as docs/api.md describes it. Never a name or NIK."""
    state = found.state
    shown = shown_status(found)
    document: dict[str, Any] = {
        "number": state.number,
        "status": shown,
        "label": {language: shown_label(found, language) for language in ("id", "en")},
        "agency": agency_view(found.region, state.holder),
        "outside_mall": outside_views(found.outside),
        "held_since": state.held_since,
        "due_at": found.due_at,
        "waiting_for": shown_waiting(found),
        "counter": found.counter,
    }
    if found.detailed:
        document.update(_details(found))
    if found.passed_on is not None:
        document["limit_passed"] = _passed(found.passed_on, article_of(found.definition))
    noted = state.issued_elsewhere
    if found.detailed and noted is not None:
        document["issued_elsewhere"] = _noted(noted)
    reviews = found.definition.reviews
    if found.detailed and reviews is not None:
        document["reviewed_by"] = {
            language: reviewed_by(reviews.kind, reviews.decided_by, language)
            for language in ("id", "en")
        }
    document.update(_news(found))
    if found.objection is not None:
        document["objection"] = _objection(found.objection)
    if found.ended:
        document["ended"] = [_ended(each) for each in found.ended]
    document.update(_files(found))
    if found.continued_as is not None:
        document["continued_as"] = found.continued_as
    return document


def _files(found: Status) -> dict[str, Any]:
    files = sent_files(found.state) if found.detailed else []
    return {"files": [_file(each, found.definition) for each in files]} if files else {}


def _file(sent: SentFile, definition: ServiceDefinition) -> dict[str, Any]:
    return {
        "id": sent.product["id"],
        "name": definition.product_of(sent.product["product"]).name.as_dict(),
        "handed_over_at": sent.handed_over_at,
        "opened_at": sent.opened_at,
    }


def _passed(day: date, article: str) -> dict[str, Any]:
    said = {language: limit_passed(day, article, language) for language in ("id", "en")}
    return {"day": day.isoformat(), "article": article, "message": said}


def _noted(noted: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: noted[name] for name in ("issuer", "number", "dated", "valid_until")}
    message = {language: issued_elsewhere(noted, language) for language in ("id", "en")}
    return {**said, "message": message}


def _news(found: Status) -> dict[str, Any]:
    """What was put right, whose paraf is missing, which signatures are given anew; of what is missing the
    last day, and of a check that took too long."""
    if not found.detailed:
        return {}
    lapse, checked = found.state.lapse, found.check_passed_on
    last: dict[str, Any] = {}
    if lapse:
        last["complete_by"] = _told_on(date.fromisoformat(lapse["on"]), complete_by)
    if found.inspections:
        last["inspections"] = [_inspection(found, each) for each in found.inspections]
    late = {"check_passed": _told_on(checked, check_passed)} if checked else {}
    right = {"corrections": [_put_right(each) for each in found.put_right]}
    paraf = {"paraf": _paraf(found.paraf)} if found.paraf is not None else {}
    anew = {"signed_anew": [_anew(each) for each in found.anew]} if found.anew else {}
    return {**(right if found.put_right else {}), **paraf, **anew, **last, **late}


def _inspection(found: Status, said: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: said[name] for name in ("step", "on", "begins", "ends", "place", "state")}
    message = inspection_sentence(said, found.definition, found.region.region.zone).as_dict()
    return {**shown, "moves": len(said["moves"]), "message": message}


def _told_on(day: date, words: Callable[[date, str], str]) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "message": {language: words(day, language) for language in ("id", "en")},
    }


def put_right_words(put_right: PutRight, language: str) -> str:
    """What was corrected, and when, in a sentence."""
    if put_right.issuer is not None:
        return issued_corrected(put_right.issuer, put_right.on, language)
    return facts_corrected(put_right.facts, put_right.on, language)


def _put_right(put_right: PutRight) -> dict[str, Any]:
    message = {language: put_right_words(put_right, language) for language in ("id", "en")}
    return {"on": put_right.on.isoformat(), "message": message}


def _paraf(missing: MissingParaf) -> dict[str, Any]:
    said = {
        language: missing_paraf(missing.name, language, again=missing.again)
        for language in ("id", "en")
    }
    return {"position": missing.position, "again": missing.again, "message": said}


def _anew(each: SignedAnew) -> dict[str, Any]:
    said = {
        language: signed_anew(each.name, each.on, each.code, language) for language in ("id", "en")
    }
    return {"step": each.step, "on": each.on.isoformat(), "message": said}


def _ended(each: EndedProduct) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name.as_dict(),
        "number": each.number,
        "status": each.status,
        "on": each.on.isoformat(),
        "by": each.by,
        "because": each.because.as_dict() if each.because else None,
        "message": {language: ended_words(each, language) for language in ("id", "en")},
    }


def _objection(may: MayObject) -> dict[str, Any]:
    said = may.said
    return {
        "remedy": may.remedy,
        "where": said.where,
        "how": said.how,
        "days": said.days,
        "basis": said.basis,
        "reached": may.reached.isoformat() if may.reached else None,
        "until": may.until.isoformat() if may.until else None,
        "over": may.over,
        "message": {language: objection_words(may, language) for language in ("id", "en")},
    }


#: Of a bill as its applicant reads it.
_OF_BILL = ("code", "amount", "currency", "due_at", "state", "basis", "pay_to")


def _bill(bill: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: bill[name] for name in _OF_BILL}, "label": both("bill", bill["state"])}


def _details(found: Status) -> dict[str, Any]:
    state, names = found.state, {r.id: r.name for r in found.definition.requirements}
    limits = [found.limit] if found.limit else []
    waits = {each.step.id for each in found.waits}
    return {
        "outcome": state.outcome,
        "steps": [
            {
                "id": step.id,
                "name": step.name.as_dict(),
                "agency": agency_view(found.region, step.agency),
                "status": state.steps[step.id].status,
                "due_at": None if step.id in waits else state.steps[step.id].due_at,
                "ended_at": state.steps[step.id].ended_at,
            }
            for step in found.definition.steps
        ],
        "defects": [
            {
                "requirement": defect["requirement"],
                "name": names[defect["requirement"]].as_dict(),
                "text": defect["text"],
            }
            for defect in found.defects
        ],
        "documents": [
            {
                "requirement": each.requirement.id,
                "name": each.requirement.name.as_dict(),
                "status": each.status,
                "label": both(
                    "document_status", document_words(each.status, sent_back=each.sent_back)
                ),
                "received_at": each.received_at,
            }
            for each in by_requirement(state, found.definition)
        ],
        "gratis": is_gratis(state, found.definition),
        "bills": [_bill(bill) for bill in found.bills if bill["state"] != "cancelled"],
        "waits": [
            {
                "step": each.step.id,
                "agency": agency_view(found.region, each.step.agency),
                "until": each.until.isoformat() if each.until else None,
                "held_by": [name.as_dict() for name in each.held_by],
                "message": {
                    language: power_wait(each.step.name, each.until, language, each.held_by)
                    for language in ("id", "en")
                },
            }
            for each in found.waits
        ],
        "limits": [limit_view(each, agency_view(found.region, each.agency)) for each in limits],
        "next_action": {language: next_words(found, language) for language in ("id", "en")},
    }


def tells_objection(found: Status) -> bool:
    """Whether to object is what there is to do next."""
    state = found.state
    goes_on = state.waiting_for is not None or product_news(state, found.definition) is not None
    return state.outcome == "refused" and found.objection is not None and not goes_on


def next_words(found: Status, language: str) -> str:
    """What the applicant with the code does next."""
    state = found.state
    if found.late:
        return after_the_limit(state.status, language, by_law=found.passed_on is not None)
    if found.objection is not None and tells_objection(found):
        return after_refusal(state.status, found.objection, language)
    holder = found.region.agencies.get(state.holder)
    said = state.status, state.outcome, state.waiting_for
    return next_action(
        *said, language, holder.name if holder else None, product_news(state, found.definition)
    )
