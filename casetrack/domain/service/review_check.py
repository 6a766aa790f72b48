"""What may be wrong with a service whose cases are objections or appeals."""

from collections.abc import Iterator

from casetrack.domain.service.definition import REVIEW_KINDS, Problem, ServiceDefinition

#: Nobody has longer than this, in working days.
_LONGEST = 250


def review_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """Where, what and how to mend it; nothing of a service of another kind."""
    reviews = definition.reviews
    if reviews is None:
        return
    if reviews.kind not in REVIEW_KINDS:
        yield Problem(
            ("reviews", "kind"),
            f"reviews: kind is {reviews.kind!r}",
            f"use one of {', '.join(REVIEW_KINDS)}",
        )
    if not 1 <= reviews.days <= _LONGEST:
        yield Problem(
            ("reviews", "days"),
            f"reviews: {reviews.days} working days",
            f"give 1 to {_LONGEST} working days, as the rule says",
        )
    for key in ("basis", "decided_by"):
        if not str(getattr(reviews, key)).strip():
            yield Problem(
                ("reviews", key), f"reviews: {key} is empty", "name the article that says so"
            )
    yield from _step_problems(definition)
    if definition.tracked_only:
        yield Problem(("reviews",), "reviews: it decides here", "take tracked_only out")
    yield from _product_problems(definition)


def _product_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    """What was decided is told by letters; what is granted changes the products of the first case."""
    for place, product in enumerate(definition.products):
        if product.kind not in ("letter", "refusal"):
            yield Problem(
                ("products", place, "kind"),
                f"product {product.id!r}: reviews: a {product.kind} comes out of the first case",
                "draw up a letter for what is granted, and a refusal",
            )


def _step_problems(definition: ServiceDefinition) -> Iterator[Problem]:
    kinds = [step.kind for step in definition.steps]
    if kinds.count("decide") != 1 or {"sign", "issue", "pay"} & set(kinds):
        yield Problem(
            ("steps",),
            "reviews: one step decides, and none signs, issues or takes money",
            "keep one step of kind decide, and note what is carried out by one of kind record",
        )
    for place, step in enumerate(definition.steps):
        if step.authority is not None:
            yield Problem(
                ("steps", place, "authority"),
                f"step {step.id!r}: the power is that of the decision which is reviewed",
                "take authority out",
            )
