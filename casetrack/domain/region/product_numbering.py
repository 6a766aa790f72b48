"""Whether a region's number patterns, its head and its officers' profiles fit what its services need."""

from collections.abc import Collection, Iterator, Sequence

from casetrack.domain.authority.signature_block import DatedProfile
from casetrack.domain.service.definition import Problem, ServiceDefinition, meant
from casetrack.domain.service.product_numbers import NumberPattern


def numbering_problems(
    patterns: Sequence[NumberPattern],
    head: str | None,
    services: Sequence[ServiceDefinition],
    positions: Collection[str],
) -> Iterator[Problem]:
    """Everything that does not fit together."""
    for place, pattern in enumerate(patterns):
        for key, message, cure in pattern.faults():
            yield Problem(("region", "number_patterns", place, key), message, cure)
        if (pattern.id, pattern.since) in [(each.id, each.since) for each in patterns[:place]]:
            yield Problem(
                ("region", "number_patterns", place, "since"),
                f"the pattern {pattern.id!r} is there twice from that day on",
                "give each a day of its own",
            )
    if head is not None and positions and head not in positions:
        yield Problem(
            ("region", "head"), f"head: unknown position {head!r}", "add it to positions.yaml"
        )
    for place, service in enumerate(services):
        yield from _service_problems(("services", place), service, patterns, positions)


def _service_problems(
    at: tuple[str | int, ...],
    service: ServiceDefinition,
    patterns: Sequence[NumberPattern],
    positions: Collection[str],
) -> Iterator[Problem]:
    names = {pattern.id for pattern in patterns}
    coded = {pattern.id for pattern in patterns if pattern.needs_code}
    for number, product in enumerate(service.products):
        here = (*at, "products", number)
        if product.pattern is not None and product.pattern not in names:
            cure = meant(product.pattern, names, "add it to number_patterns in region.yaml")
            told = f"product {product.id!r}: unknown number pattern {product.pattern!r}"
            yield Problem((*here, "pattern"), told, cure)
        if product.pattern in coded and product.code is None:
            told = f"product {product.id!r}: its number needs a filing code"
            yield Problem((*here, "code"), told, "give code")
        for position in product.endorsed_by:
            if position not in positions:
                told = f"product {product.id!r}: unknown position {position!r}"
                cure = meant(position, positions, "add it to positions.yaml")
                yield Problem((*here, "endorsed_by"), told, cure)


def profile_problems(profiles: Sequence[DatedProfile], logins: Sequence[str]) -> Iterator[Problem]:
    """Profiles that no paper could print."""
    for entered in profiles:
        at = ("officers", logins.index(entered.login))
        if not entered.profile.name.strip():
            yield Problem((*at, "name"), "the name is empty", "write it as it is printed")
        nip = "".join((entered.profile.nip or "").split())
        if nip and not (nip.isascii() and nip.isdigit() and len(nip) == 18):
            yield Problem((*at, "nip"), "the NIP has not 18 digits", "write it as on the card")
