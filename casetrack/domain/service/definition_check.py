"""What is wrong with a definition: everything at once, each with its place and its cure."""

import re
from collections.abc import Collection, Iterator, Sequence

from casetrack.domain.service import notices
from casetrack.domain.service.asked_check import asked_problems, fact_problems
from casetrack.domain.service.definition import (
    DECISION_KINDS,
    DEEMED_GRANTS,
    ID_PATTERN,
    MAX_INTEGER,
    PAUSE_CAPS,
    FactDefinition,
    Name,
    Problem,
    Requirement,
    ServiceDefinition,
    StepDefinition,
    meant,
)
from casetrack.domain.service.pause_check import pause_problems
from casetrack.domain.service.product_check import product_problems
from casetrack.domain.service.reading_rights import reader_problems
from casetrack.domain.service.review_check import review_problems
from casetrack.domain.service.step_check import step_problems
from casetrack.domain.service.step_order import order_problems

#: The look of a number: a digit or a letter is in it.
_ISSUED = re.compile(r"(?=.*[#@])[A-Z0-9#@./ _-]{1,64}")
_LETTERS = re.compile(r"[A-Z]{2,5}")


def problems(definition: ServiceDefinition, agencies: Collection[str] | None) -> list[Problem]:
    """Say everything that is wrong with a definition; nothing means that it may be published.

    `agencies` are those of the region; None for a definition that stands alone.
    """
    return [
        *_name_problems(definition),
        *_head_problems(definition),
        *_near_problems(definition),
        *_clock_problems(definition),
        *pause_problems(definition),
        *_decision_problems(definition),
        *id_problems("requirement", "requirements", [r.id for r in definition.requirements]),
        *id_problems("fact", "facts", [fact.id for fact in definition.facts]),
        *id_problems("step", "steps", [step.id for step in definition.steps]),
        *(p for i, fact in enumerate(definition.facts) for p in fact_problems(fact, i)),
        *(p for i, _ in enumerate(definition.requirements) for p in asked_problems(definition, i)),
        *(p for i, _ in enumerate(definition.steps) for p in step_problems(definition, i)),
        *id_problems("product", "products", [product.id for product in definition.products]),
        *product_problems(definition),
        *_agency_problems(definition, agencies),
        *reader_problems(definition),
        *_activity_problems(definition),
        *(
            Problem(("notices", *at), told, cure)
            for at, told, cure in notices.faults(definition.notices)
        ),
        *review_problems(definition),
        *_root_problems(definition),
        *order_problems(definition.steps),
    ]


def id_problems(what: str, at: str, ids: Sequence[str]) -> Iterator[Problem]:
    """Say which ids of a list are malformed or there twice."""
    seen: set[str] = set()
    for place, each in enumerate(ids):
        if not ID_PATTERN.fullmatch(each):
            yield Problem(
                (at, place, "id"),
                f"{what} {each!r}: not an id",
                "use small letters, digits and single - _ . between them, 64 at most",
            )
        if each in seen:
            yield Problem(
                (at, place, "id"),
                f"{what} {each!r}: duplicate id, it is there twice",
                "rename one of the two or take it out",
            )
        seen.add(each)


def name_problems(what: str, at: tuple[str | int, ...], name: Name) -> Iterator[Problem]:
    """Say which of the two languages a name lacks."""
    for language, text in name.as_dict().items():
        if not text.strip():
            yield Problem(
                (*at, language),
                f"{what}: the name in {language!r} is missing",
                "write what people read: id in Bahasa Indonesia, en in English (or leave en out)",
            )


def _name_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    yield from name_problems("service", ("name",), definition.name)
    listed: tuple[tuple[str, str, Sequence[Requirement | FactDefinition | StepDefinition]], ...] = (
        ("requirement", "requirements", definition.requirements),
        ("fact", "facts", definition.facts),
        ("step", "steps", definition.steps),
    )
    for what, at, parts in listed:
        for place, part in enumerate(parts):
            yield from name_problems(f"{what} {part.id!r}", (at, place, "name"), part.name)
    if definition.product is not None:
        yield from name_problems("product", ("product",), definition.product)
    if definition.fee is not None and definition.fee.note is not None:
        yield from name_problems("fee", ("fee", "note"), definition.fee.note)


def _near_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    if not 1 <= definition.near_percent <= 99:
        yield Problem(
            ("near_percent",),
            f"near_percent is {definition.near_percent}",
            "give 1 to 99, or leave it out for 80",
        )


def _head_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    if not ID_PATTERN.fullmatch(definition.id):
        yield Problem(
            ("id",),
            f"service {definition.id!r}: not an id",
            "use small letters, digits and single - _ . between them, 64 at most",
        )
    if not 1 <= definition.version <= MAX_INTEGER:
        yield Problem(("version",), f"version is {definition.version}", "count from 1 upwards")
    if not _LETTERS.fullmatch(definition.letters):
        yield Problem(
            ("letters",),
            f"letters are {definition.letters!r}",
            "give 2 to 5 capital letters A to Z; they stand in every case number",
        )
    if definition.retention is not None and not 1 <= definition.retention.years <= 100:
        yield Problem(
            ("retention", "years"),
            f"retention is {definition.retention.years} years",
            "give 1 to 100 years, or leave retention out where no law asks for it",
        )
    if definition.fee is not None and not 0 <= definition.fee.amount <= MAX_INTEGER:
        yield Problem(
            ("fee", "amount"), f"fee is {definition.fee.amount}", "give whole rupiah, 0 for free"
        )
    for place, text in enumerate(definition.legal_basis):
        if not text.strip():
            yield Problem(("legal_basis", place), "legal basis is empty", "cite it or take it out")


def _clock_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    for reason in definition.pause_caps:
        if reason not in PAUSE_CAPS:
            yield Problem(
                ("pause_caps", reason),
                f"pause_caps: nothing pauses for {reason!r}",
                f"use {', '.join(PAUSE_CAPS)}",
            )
    extension, limit = definition.extension, definition.limit
    if extension is None:
        return
    if limit is None or limit.unit != extension.limit.unit:
        yield Problem(
            ("extension", "limit"),
            "extension: it must lengthen the limit of the service, in the same unit",
            "give the service a limit in that unit, or take the extension out",
        )
    if not extension.article.strip():
        yield Problem(
            ("extension", "article"),
            "extension: the article that allows it is missing",
            "cite the article",
        )


def _decision_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    kinds = {step.kind for step in definition.steps if not step.optional}
    if definition.deemed_grant not in DEEMED_GRANTS:
        yield Problem(
            ("deemed_grant",),
            f"deemed_grant is {definition.deemed_grant!r}",
            f"use one of {', '.join(DEEMED_GRANTS)}",
        )
    if definition.deemed_grant == "auto_issue" and (
        definition.tracked_only or not kinds & set(DECISION_KINDS)
    ):
        yield Problem(
            ("deemed_grant",),
            "deemed_grant: auto_issue needs a decision that is taken here",
            "add a decide, sign or issue step to a service that is not tracked_only, "
            "or use flag_only",
        )
    if definition.deemed_grant == "auto_issue":
        yield from _auto_issue_problems(definition)
    yield from _external_problems(definition)
    kinds_there = {step.kind for step in definition.steps}
    if definition.issued_by is not None and not (
        definition.tracked_only and "issue" in kinds_there
    ):
        yield Problem(
            ("issued_by",),
            "issued_by is said of a service that decides itself, or issues nothing",
            "say it of a tracked_only service with a step of kind issue",
        )
    looks = definition.issued_number
    if looks is not None and (definition.issued_by is None or not _ISSUED.fullmatch(looks)):
        yield Problem(
            ("issued_number",),
            f"issued_number {looks!r} says of no number how it looks",
            "beside issued_by, write # for a digit and @ for a capital letter, 64 signs at most: 13 "
            "times # is a NIB",
        )
    if not definition.tracked_only and "decide" not in kinds:
        yield Problem(
            ("steps",),
            "steps: nobody decides, so a case could be neither granted nor refused",
            "add a step of kind decide that is not optional, or set tracked_only: true",
        )


def _auto_issue_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """What issues by itself has its sector's article, a limit, and products that nobody must fill in."""
    if not (definition.deemed_basis or "").strip():
        yield Problem(
            ("deemed_grant",),
            "deemed_grant: auto_issue needs the article of the sector's rule",
            "name it as deemed_basis, or use flag_only",
        )
    if definition.limit is None:
        yield Problem(
            ("deemed_grant",),
            "deemed_grant: auto_issue needs a limit",
            "give the service a limit, or use flag_only",
        )
    # Silence issues no letter of an objection or an appeal: who decides signs it afterwards.
    by_law = definition.products if definition.reviews is None else ()
    for place, product in enumerate(by_law):
        given = product.validity is not None and product.validity.unit == "given"
        filled = any(each.required for each in product.written)
        if product.kind != "refusal" and (given or filled or product.numbered == "outside"):
            yield Problem(
                ("products", place),
                f"the product {product.id} needs an officer's words, so nothing issues it by itself",
                "take out what must be written or given, or use flag_only",
            )


def _external_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    known = [each.id for each in definition.requirements]
    ids = [each.id for each in definition.external_facts]
    for place, fact in enumerate(definition.external_facts):
        if fact.id in ids[:place]:
            told = f"external_facts: {fact.id!r} is there twice"
            yield Problem(("external_facts", place, "id"), told, "ask each fact once")
        if fact.paper is not None and fact.paper not in known:
            yield Problem(
                ("external_facts", place, "paper"),
                f"unknown requirement {fact.paper!r}",
                meant(fact.paper, known, "add it to requirements"),
            )


def _agency_problems(
    definition: ServiceDefinition, agencies: Collection[str] | None
) -> Iterator[Problem]:
    for place, step in enumerate(definition.steps):
        if agencies is None and step.agency.strip():
            continue
        if agencies is None or step.agency not in agencies:
            yield Problem(
                ("steps", place, "agency"),
                f"step {step.id!r}: unknown agency {step.agency!r}",
                f"add it to agencies.yaml, or use one of {', '.join(sorted(agencies or ()))}",
            )


def _activity_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for place, step in enumerate(definition.steps):
        for activity in step.activities:
            if activity in owner:
                yield Problem(
                    ("steps", place, "activities"),
                    f"step {step.id!r}: the activity {activity!r} already means step "
                    f"{owner[activity]!r}",
                    "list every activity once",
                )
            owner.setdefault(activity, step.id)


def _root_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """One step begins, the completeness check, always; every other one stands after something."""
    roots = [place for place, step in enumerate(definition.steps) if not step.after]
    if not roots:
        yield Problem(
            ("steps",),
            "steps: no step can begin, each stands after another",
            "give the completeness check (kind check) no `after`",
        )
        return
    checks = [place for place in roots if definition.steps[place].kind == "check"]
    first = (checks or roots)[0]
    root = definition.steps[first]
    for place in roots:
        if place != first:
            yield Problem(
                ("steps", place),
                f"step {definition.steps[place].id!r}: unreachable, no step leads to it: it has "
                f"no `after`, and a service begins with one step, here {root.id!r}",
                f"say after which step it comes, for example after: [{root.id}]",
            )
    if root.kind != "check":
        yield Problem(
            ("steps", first, "kind"),
            f"step {root.id!r}: a service begins with its completeness check",
            "make it kind check, or put a check step before it",
        )
    if root.optional or root.when is not None:
        yield Problem(
            ("steps", first, "optional" if root.optional else "when"),
            f"step {root.id!r}: the completeness check can be neither optional nor conditional",
            "take `optional` and `when` out",
        )
