"""What a mall promises on its boards, made into definitions of services as far as a promise goes.

A promise names the service, its time, whether it is free, and the kinds of step in their order. It does
not say by what law, with which papers, or what the product says: that stays for the office to write.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from casetrack.domain.clock import MAX_VALUE
from casetrack.domain.service.definition import MAX_TEXT, Name

PromisedStep = Literal[
    "apply_at_counter",
    "submit_at_counter",
    "check_completeness",
    "verify",
    "register_in_external_system",
    "external_number_issued",
    "request_recommendation",
    "request_recommendation_or_site_visit",
    "technical_recommendation",
    "draft_decision",
    "draft_decision_and_levy_assessment",
    "sign_decision",
    "sign_decision_and_levy_assessment",
    "record_in_external_system",
    "notify_applicant",
    "pay_levy",
    "pay_levy_and_hand_over",
    "receipt_to_applicant",
    "hand_over",
]
PROMISED_STEPS: tuple[PromisedStep, ...] = get_args(PromisedStep)

PromisedUnit = Literal["minute", "day", "working_day"]
PROMISED_UNITS: tuple[PromisedUnit, ...] = get_args(PromisedUnit)

PromisedFee = Literal["free", "levy"]
PROMISED_FEES: tuple[PromisedFee, ...] = get_args(PromisedFee)

#: "Day" is a calendar day: where a board does not say which, the applicant may count on the shorter.
_UNITS: Mapping[PromisedUnit, str] = {
    "minute": "minutes",
    "day": "calendar_days",
    "working_day": "working_days",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One service as it stands on the board."""

    code: str
    name: str
    limit: int
    unit: PromisedUnit
    fee: PromisedFee
    steps: tuple[PromisedStep, ...]
    active: bool = True


@dataclass(frozen=True, slots=True)
class Office:
    """Who does what a promise leaves open: agencies of the region and a number pattern of it.

    `decides` is the agency that decides where a promise names no decision; None: that is a fault.
    """

    counter: str
    advice: str
    pattern: str
    decides: str | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A definition's document, and what in it the promise does not say."""

    document: dict[str, Any]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotDrafted:
    """Why a promise makes no definition, and how to mend it."""

    promise: Promise
    message: str
    cure: str


#: Our steps in the order in which they can stand, each with the promised steps that are part of it.
_PARTS: Mapping[str, tuple[PromisedStep, ...]] = {
    "intake": ("apply_at_counter", "submit_at_counter", "check_completeness", "verify"),
    "registered": ("register_in_external_system", "external_number_issued"),
    "site_visit": ("request_recommendation_or_site_visit",),
    "advice": (
        "request_recommendation",
        "request_recommendation_or_site_visit",
        "technical_recommendation",
    ),
    "decide": ("draft_decision", "draft_decision_and_levy_assessment"),
    "sign": ("sign_decision", "sign_decision_and_levy_assessment"),
    "recorded": ("record_in_external_system",),
    "pay": ("pay_levy", "pay_levy_and_hand_over"),
    "hand_over": ("hand_over", "pay_levy_and_hand_over", "receipt_to_applicant"),
}
_NAMES: Mapping[str, Name] = {
    "intake": Name("Pemeriksaan kelengkapan", "Completeness check"),
    "registered": Name("Pendaftaran di sistem lain", "Registration in the other system"),
    "site_visit": Name("Peninjauan lapangan", "Site visit"),
    "advice": Name("Rekomendasi teknis", "Technical recommendation"),
    "decide": Name("Keputusan", "Decision"),
    "sign": Name("Penandatanganan", "Signature"),
    "recorded": Name("Pencatatan hasil di sistem lain", "Result in the other system"),
    "pay": Name("Pembayaran retribusi", "Payment of the levy"),
    "hand_over": Name("Penyerahan", "Hand-over"),
}
_KINDS: Mapping[str, str] = {
    "intake": "check",
    "registered": "record",
    "site_visit": "record",
    "advice": "recommend",
    "decide": "decide",
    "sign": "sign",
    "recorded": "issue",
    "pay": "pay",
    "hand_over": "hand_over",
}

_PERMIT = """{title}
Nomor: {{{{ number }}}}

Berdasarkan permohonan {{{{ case_number }}}}, diberikan kepada:

Nama: {{{{ applicant }}}}
[[Alamat: {{{{ applicant_address }}}}]]
[[Bertindak melalui: {{{{ representative }}}}]]

[[Ketentuan:
- {{{{ conditions }}}}]]

[[Memperhatikan rekomendasi:
- {{{{ recommendations }}}}]]

Ditetapkan pada {{{{ dated }}}}.
"""
_REFUSAL = """SURAT PENOLAKAN
Nomor: {{ number }}

Permohonan {{ case_number }} atas nama {{ applicant }} ditolak dengan alasan:

- {{ grounds }}

Naskah dan pertimbangan yang menjadi dasar:

- {{ relied_on }}

Keberatan dapat diajukan kepada {{ objection_where }}, {{ objection_how }}, paling lama \
{{ objection_days }} hari kerja sejak surat ini diterima ({{ objection_basis }}).

{{ dated }}
"""
_LONGEST_CODE = 24
_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(r"\(([^)]*)\)")
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Taken:
    """Ids and letters that services of the region have; each draft adds its own."""

    ids: set[str] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)


def drafts(
    promises: Sequence[Promise], office: Office, taken: Taken
) -> Iterator[Drafted | NotDrafted]:
    """A definition of each promise in turn, or why there can be none."""
    for promise in promises:
        yield draft(replace(promise, name=_SPACES.sub(" ", promise.name).strip()), office, taken)


def draft(promise: Promise, office: Office, taken: Taken) -> Drafted | NotDrafted:
    """The definition of one promise, or why there can be none."""
    fault = _fault(promise, office)
    if fault is not None:
        return NotDrafted(promise, *fault)
    service_id = _id_of(promise.name)
    if service_id in taken.ids:
        message = f"there is a service {service_id} already"
        return NotDrafted(promise, message, "rename it in the list, or take out the other one")
    letters = _letters_of(promise.name, taken.letters)
    if letters is None:
        return NotDrafted(promise, "no letters are left for its numbers", "write this one by hand")
    taken.ids.add(service_id)
    taken.letters.add(letters)
    outside = "recorded" in _present(promise, office) or _only_outside(promise)
    document: dict[str, Any] = {
        "id": service_id,
        "version": 1,
        "letters": letters,
        "name": {"id": promise.name},
        "limit": {"value": promise.limit, "unit": _UNITS[promise.unit]},
    }
    if promise.fee == "free":
        document["fee"] = {"amount": 0}
    if outside:
        document |= {"tracked_only": True, "deemed_grant": "none"}
    else:
        document["products"] = _products(promise, office)
    document["steps"] = list(_steps(promise, office))
    return Drafted(document, tuple(_remarks(promise, office, outside)))


def _fault(promise: Promise, office: Office) -> tuple[str, str] | None:
    if not promise.steps:
        return "it names no steps", "write down what is done, from the counter to the hand-over"
    if not promise.name or len(promise.name) > MAX_TEXT or not _id_of(promise.name):
        return "its name cannot be one", "write the name that people read, in Latin letters"
    if not 1 <= promise.limit <= MAX_VALUE:
        return f"its limit is {promise.limit}", f"give a whole number from 1 to {MAX_VALUE}"
    present = _present(promise, office)
    if {"decide", "recorded"} & present or _only_outside(promise):
        return None
    return (
        "it names no decision, so nobody would be answerable for what is handed over",
        "say in the list who drafts and signs, or name the agency with --decides",
    )


def _only_outside(promise: Promise) -> bool:
    """Whether another system does all of it, and the counter helps."""
    return set(promise.steps) <= set(_PARTS["registered"])


def _present(promise: Promise, office: Office) -> set[str]:
    """Which of our steps it has, and a decision that it leaves out where the office said whose it is."""
    found = {name for name, parts in _PARTS.items() if set(parts) & set(promise.steps)} | {"intake"}
    if not {"decide", "recorded"} & found and office.decides is not None:
        found |= set() if _only_outside(promise) else {"decide", "sign"}
    if "decide" in found:
        found.add("sign")
    if _only_outside(promise):
        found = {"intake", "recorded"}
    return found


def _steps(promise: Promise, office: Office) -> Iterator[dict[str, Any]]:
    """Each after the one before; a visit stands beside, for who needs it."""
    present = _present(promise, office)
    before: list[str] = []
    for name in _PARTS:
        if name not in present:
            continue
        step: dict[str, Any] = {
            "id": name,
            "name": _NAMES[name].as_dict(),
            "agency": _agency(name, promise, office),
            "kind": _KINDS[name],
        }
        if before:
            step["after"] = list(before)
        if name == "advice":
            step["official"] = True
        said = [each for each in promise.steps if each in _PARTS[name]]
        if name not in ("site_visit", "hand_over") and said:
            step["activities"] = list(dict.fromkeys(said))
        if name == "site_visit":
            step |= {"optional": True, "repeatable": True, "after": ["intake"]}
        before = [*before, name] if name == "site_visit" else [name]
        yield step


def _agency(name: str, promise: Promise, office: Office) -> str:
    if name in ("site_visit", "advice"):
        return office.advice
    if name in ("decide", "sign") and not set(_PARTS["decide"]) & set(promise.steps):
        return office.decides or office.counter
    return office.counter


def _products(promise: Promise, office: Office) -> list[dict[str, Any]]:
    code = {"code": promise.code} if 1 <= len(promise.code) <= _LONGEST_CODE else {}
    permit = {
        "id": "izin",
        "kind": "permit",
        "name": {"id": promise.name},
        "signatures": ["sign"],
        "pattern": office.pattern,
        **code,
        "text": _PERMIT.format(title=promise.name.upper().replace("{", "(").replace("}", ")")),
    }
    refusal = {
        "id": "penolakan",
        "kind": "refusal",
        "name": {"id": f"Surat Penolakan {promise.name}"},
        "signatures": ["decide"],
        "pattern": office.pattern,
        **code,
        "objection": {
            "where": "pejabat yang menetapkan keputusan ini",
            "how": "secara tertulis, langsung di loket atau melalui pos",
            "days": 21,
            "basis": "Pasal 77 UU 30/2014",
        },
        "text": _REFUSAL,
    }
    return [permit, refusal]


def _remarks(promise: Promise, office: Office, outside: bool) -> Iterator[str]:
    """What the promise does not say, or says in a way that had to be read one way."""
    named = bool(set(_PARTS["decide"]) & set(promise.steps))
    first_elsewhere = promise.steps[0] in _PARTS["registered"] and not _only_outside(promise)
    twice = sorted({each for each in promise.steps if promise.steps.count(each) > 1})
    said = {
        "no law, no papers and no facts are named: write legal_basis, requirements and facts": True,
        "by what right is not asked: write `authority` where the register gives the power": not outside,
        "the board says days and not which: read as calendar days, the shorter": (
            promise.unit == "day"
        ),
        "a levy by no tariff: write `bill` at the step pay, with its basis": promise.fee == "levy",
        "the mall did not offer it when the list was made": not promise.active,
        "another system decides: the case is only tracked here": outside,
        f"the board names no decision: {office.decides} decides and signs": (
            not outside and not named
        ),
        f"the board does not say who recommends: {office.advice}": (
            "advice" in _present(promise, office)
        ),
        "registered elsewhere first: here the completeness check comes before": first_elsewhere,
        f"{', '.join(twice)} stands twice in the list: taken once": bool(twice),
    }
    yield from (words for words, holds in said.items() if holds)


def _id_of(name: str) -> str:
    return _NO_WORD.sub("-", name.lower()).strip("-")[:64].strip("-")


def _letters_of(name: str, taken: Collection[str]) -> str | None:
    """Two to five capitals that no other service has: an acronym of the name, else its initials."""
    acronyms = [each.strip() for each in _BRACKETS.findall(name)]
    words = re.findall(r"[A-Za-z]+", _BRACKETS.sub(" ", name)) or ["Layanan"]
    initials = "".join(word[0] for word in words).upper()[:5]
    last = re.sub(r"[^A-Z]", "", words[-1].upper())
    tries = [
        *(each for each in acronyms if re.fullmatch(r"[A-Z]{2,5}", each)),
        *(word for word in words if re.fullmatch(r"[A-Z]{2,5}", word)),
        *((initials,) if len(initials) > 1 else ()),
        *((initials[:2] + last[:n])[:5] for n in (1, 2, 3) if len(last) >= n),
        *(f"{initials[:3]}{chr(a)}{chr(b)}" for a in range(65, 91) for b in range(65, 91)),
    ]
    return next((each for each in tries if len(each) > 1 and each not in taken), None)
