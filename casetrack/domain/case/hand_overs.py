"""What goes over the counter is written down: products out and back, originals back to their owner.

A record says what, when, by whom and how; of what was handed to somebody also who they were, which kind
of identity document was seen (never its number) and how they signed. Nothing of it is a name.
"""

from collections.abc import Iterable
from typing import Any

from casetrack.domain.case.case_people import check_present, power_of
from casetrack.domain.case.commands import Act, details_of
from casetrack.domain.case.counter_details import Handing, Lack
from casetrack.domain.case.documents import document_id
from casetrack.domain.case.product_details import ProductNamed
from casetrack.domain.case.products import (
    HAND_OVER_LIMIT,
    check_counts,
    find_product,
    hand_over,
    put,
)
from casetrack.domain.case.state import CaseState, Document, but
from casetrack.domain.case.steps import Draft, Setting
from casetrack.domain.case.transitions import PRODUCT_STATES, UNISSUED
from casetrack.domain.case.waiting_products import all_ended
from casetrack.domain.clock import deadline
from casetrack.domain.errors import Forbidden, NotNow
from casetrack.domain.events import instant, parse_instant
from casetrack.domain.service.definition import ServiceDefinition

Said = tuple[str, dict[str, Any]]

#: Every event that adds one carries the whole list, so it does not grow without end.
MOST_RECORDS = 60


def needs_second(
    state: CaseState, definition: ServiceDefinition, products: Iterable[str] = ()
) -> bool:
    """Whether a second clerk confirms that these products of the case are handed over."""
    named = {each["product"] for each in state.products if each["id"] in products}
    return definition.second_clerk or any(
        each.second_clerk for each in definition.products if each.id in named
    )


def going_out(state: CaseState) -> list[str]:
    """The products that a hand-over of the case gives out. Raises NotNow while one is not issued or is
    suspended, and where all that came out of the case counts no more."""
    waiting = [each["id"] for each in state.products if each["state"] in UNISSUED]
    if waiting:
        raise NotNow(
            "not_issued",
            "Not all products of this case are issued yet, so they cannot be handed over.",
            products=waiting,
        )
    drawn = [each for each in state.products if each["state"] != "voided"]
    if all_ended(state):
        raise NotNow(
            "nothing_to_hand_over",
            "All products of this case have ended, so nothing can be handed over.",
            products=[each["id"] for each in drawn],
        )
    out = [each for each in drawn if each["state"] in PRODUCT_STATES["hand_over"]]
    for each in out:
        check_counts(each)
    return [each["id"] for each in out]


def open_record(state: CaseState) -> Document | None:
    """The hand-over that waits for a second clerk."""
    last = state.hand_overs[-1] if state.hand_overs else None
    return last if last is not None and last.get("waits") else None


def out_by(state: CaseState, product: str) -> Document | None:
    """The record by which the product last went out; None where nobody wrote one."""
    for record in reversed(state.hand_overs):
        named = [each["id"] for each in record["products"]]
        if record["kind"] == "out" and not record.get("waits") and product in named:
            return record
    return None


# --- out ------------------------------------------------------------------------------------------


def begin_or_hand_over(draft: Draft, act: Act, setting: Setting, products: list[str]) -> bool:
    """Write the hand-over down; gives whether the products are out. Where a second clerk is needed they
    are not yet. Raises NotNow."""
    said = act.details if isinstance(act.details, Handing) else Handing()
    record = _record(draft, act, setting, "out", products)
    record["means"] = said.means or "counter"
    if said.papers:
        record["papers"] = list(said.papers)
    if needs_second(draft.case, setting.definition, products):
        _write(draft, {**record, "waits": True})
        return False
    _finish(draft, setting, record)
    return True


def confirm(draft: Draft, act: Act, setting: Setting) -> list[str]:
    """A second clerk confirms what the first hands over; gives its products. Raises NotNow, Forbidden."""
    record = open_record(draft.case)
    today = setting.calendar.local_date(setting.now)
    if (
        record is None
        or (
            "late" not in record
            and setting.calendar.local_date(parse_instant(record["at"])) != today
        )
        or record["products"] != _named(draft.case, [each["id"] for each in record["products"]])
    ):
        raise NotNow(
            "no_hand_over_open",
            "No hand-over of today waits for a second clerk; hand over first.",
        )
    if details_of(act, Handing).same_officer or record["by"] == act.actor.id:
        raise Forbidden(
            "second_officer_needed", "Another officer confirms or lifts what you entered yourself."
        )
    there = record.get("present")
    if there is not None:
        at = parse_instant(record["at"])
        check_present(draft.before, "hand_over", there["party"], setting.calendar, at)
    plain = {name: value for name, value in record.items() if name != "waits"}
    _finish(
        draft,
        setting,
        {**plain, "second": act.actor.id, "confirmed_at": instant(setting.now)},
    )
    return [each["id"] for each in record["products"]]


def _finish(draft: Draft, setting: Setting, record: Document) -> None:
    """The products and papers of the record go out."""
    for product in record["products"]:
        hand_over(draft, setting, product["id"])
    _give_back(draft, setting, record)
    _write(draft, record)


def sent_as_file(state: CaseState, product: Document) -> Document | None:
    """The record by which the product went out as a file; None where it did not, or counts no more."""
    record = out_by(state, product["id"]) if product["state"] == "handed_over" else None
    return record if record is not None and record.get("means") == "electronic" else None


def opened_at(record: Document, product: str) -> str | None:
    """When the applicant first opened the file of this product that went out by this record."""
    return next((e.get("opened_at") for e in record["products"] if e["id"] == product), None)


def open_file(draft: Draft, act: Act, setting: Setting) -> Said:
    """`product.file_opened`, once for each hand-over: from then on what it says has reached the applicant
    (UU 30/2014 art. 38). Raises NotFound, NotNow."""
    product = find_product(draft.case, details_of(act, ProductNamed).product)
    record = sent_as_file(draft.case, product)
    if record is None or opened_at(record, product["id"]) is not None:
        raise NotNow(
            "product_state",
            "No file of this product waits to be opened.",
            status_now=product["state"],
        )
    products = [
        {**each, "opened_at": instant(setting.now)} if each["id"] == product["id"] else each
        for each in record["products"]
    ]
    told = {**record, "products": products}
    kept = tuple(told if each is record else each for each in draft.case.hand_overs)
    draft.case = but(draft.case, hand_overs=kept)
    return "product.file_opened", {"product": product["id"], "edition": product["draft"]["edition"]}


# --- back -----------------------------------------------------------------------------------------


def wanted_back(state: CaseState) -> list[str]:
    """The products of which a paper that counts no more is still outside; one that expired says so
    itself, and nobody has to bring it."""
    return [
        each["id"]
        for each in state.products
        if each.get("wanted_back") and each["state"] != "expired"
    ]


def ask_back(state: CaseState, before: Document, after: Document, now: str) -> Document:
    """The product that was corrected, annulled or revoked, with the papers of it that are asked back:
    what was handed over, unless that went as a file."""
    wanted = list(before.get("wanted_back", ()))
    record = out_by(state, before["id"])
    if before["state"] == "handed_over" and (record or {}).get("means") != "electronic":
        wanted.append({"edition": before["draft"]["edition"], "since": now})
    return {**after, "wanted_back": wanted}


def take_back(draft: Draft, act: Act, setting: Setting) -> Said:
    """`product.taken_back`. One that is asked back leaves the list; one that is valid and came back waits
    to be handed over again. Raises NotFound, NotNow."""
    said = details_of(act, Handing)
    product = find_product(draft.case, said.product or "")
    wanted, edition = product.get("wanted_back", []), product["draft"]["edition"]
    if wanted:
        edition = wanted[0]["edition"]
        put(draft, {**product, "wanted_back": wanted[1:]})
    elif product["state"] == "handed_over" and said.because != "ended":
        due = deadline(setting.now, HAND_OVER_LIMIT, (), setting.calendar)
        again = {"state": "issued", "handed_over_at": None, "hand_over_due": instant(due)}
        put(draft, {**product, **again, "wanted_back": []})
    else:
        raise NotNow(
            "not_outside",
            "Nothing of this product is outside that could come back for this reason.",
            status_now=product["state"],
        )
    record = _record(draft, act, setting, "back", [])
    record["products"] = [{"id": product["id"], "edition": edition}]
    record |= {"because": said.because, "brought_by": said.brought_by}
    _write(draft, record)
    told = {"product": product["id"], "edition": edition, "because": said.because}
    return "product.taken_back", {**told, "brought_by": said.brought_by}


# --- papers ---------------------------------------------------------------------------------------


def held_originals(state: CaseState) -> list[str]:
    """The applicant's originals that the office still has, by the ids of their documents."""
    return [
        document_id(place)
        for place, document in enumerate(state.documents)
        if document.get("original") and not document.get("returned_at")
    ]


def return_papers(draft: Draft, act: Act, setting: Setting) -> Said:
    """`case.papers_returned`: originals go back to the applicant. Raises NotNow."""
    said = details_of(act, Handing)
    record = {**_record(draft, act, setting, "papers", []), "papers": list(said.papers)}
    _give_back(draft, setting, record)
    _write(draft, record)
    return "case.papers_returned", {"papers": list(said.papers)}


def _give_back(draft: Draft, setting: Setting, record: Document) -> None:
    papers = record.get("papers", [])
    gone = [paper for paper in papers if paper not in held_originals(draft.case)]
    if gone:
        raise NotNow(
            "paper_not_held",
            f"The office does not hold these originals: {', '.join(gone)}.",
            papers=gone,
        )
    to = (record.get("present") or {}).get("party")
    back = {"returned_at": instant(setting.now), "returned_by": record["by"], "returned_to": to}
    documents = tuple(
        {**document, **back} if document_id(place) in papers else document
        for place, document in enumerate(draft.case.documents)
    )
    if papers:
        draft.case = but(draft.case, documents=documents)


# --- records --------------------------------------------------------------------------------------


def _record(draft: Draft, act: Act, setting: Setting, kind: str, products: list[str]) -> Document:
    said = act.details if isinstance(act.details, Handing) else Handing()
    record: Document = {
        "kind": kind,
        "at": instant(setting.now),
        "by": act.actor.id,
        "products": _named(draft.case, products),
    }
    if act.late is not None:
        record["late"] = act.late
    if said.present is not None:
        record["present"] = said.present.as_data()
    if kind != "back":
        record["lacks"] = _lacking(draft.before, said)
    return record


def _lacking(state: CaseState, said: Handing) -> list[Lack]:
    """What of it nobody wrote down: a standing finding. What is sent needs nobody at the counter."""
    if said.means not in (None, "counter"):
        return []
    if said.present is None:
        return ["present"]
    found: list[Lack] = []
    if said.present.signature is None:
        found.append("signature")
    elif said.present.proof is None:
        found.append("proof")
    if said.present.party == "representative" and power_of(state) is None:
        found.append("power")
    return found


def _named(state: CaseState, products: list[str]) -> list[Document]:
    return [
        {"id": each["id"], "edition": each["draft"]["edition"]}
        for each in state.products
        if each["id"] in products
    ]


def _write(draft: Draft, record: Document) -> None:
    """The record is the newest; one that waited for a second clerk gives way to it."""
    kept = tuple(each for each in draft.case.hand_overs if not each.get("waits"))
    if len(kept) >= MOST_RECORDS:
        raise NotNow(
            "status_forbids",
            f"The counter's book of this case is full: it takes {MOST_RECORDS} entries.",
            status_now=draft.case.status,
        )
    draft.case = but(draft.case, hand_overs=(*kept, record))
