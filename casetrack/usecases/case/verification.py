"""Verifying a product: known or not for anybody, what it says for who has its check word or file.

Nothing of the applicant leaves here: a name is compared, and neither kept nor logged.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

from casetrack.domain.authority.signature_block import Profile, signature_block, signs_as_head
from casetrack.domain.case import verification
from casetrack.domain.case.electronic_signatures import Bears, BlockForm, bears, block_forms
from casetrack.domain.case.numbers import tidy_code
from casetrack.domain.case.products import find_product
from casetrack.domain.case.state import CaseState, Document
from casetrack.domain.case.verification import (
    Asked,
    CheckWord,
    Compared,
    ComparedFile,
    Corrected,
    Replaced,
    Standing,
)
from casetrack.domain.clock import Calendar
from casetrack.domain.events import Event
from casetrack.domain.people.identity import same_name
from casetrack.domain.service.definition import (
    FactDefinition,
    Name,
    ServiceDefinition,
)
from casetrack.domain.service.printed_facts import called
from casetrack.storage.case import case_events, found_products
from casetrack.storage.case.found_products import FoundProduct
from casetrack.storage.region.regions import RegionRecord
from casetrack.usecases.case import case_texts, signed_files
from casetrack.usecases.context import Context
from casetrack.usecases.people.guessing import judge
from casetrack.usecases.people.parties import parties_of

_TOO_MANY = (
    "Too many numbers, check words, files or names that do not fit; wait a moment and try again."
)


#: Guesses at products count apart from those at access codes.
_REALM = "v"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody has in their hands: the check word, the SHA-256 of the file, the name printed."""

    check_word: str | None = None
    sha256: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed: the office in the form in which they signed, line by line, and their name.

    None where how they were printed is no longer kept.
    """

    office: tuple[str, ...]
    name: str | None
    on: date
    #: The kind of its electronic signature, or that it was given to the text before a correction.
    electronic: BlockForm | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What is printed on a product, without a word about the applicant."""

    number: str | None
    dated: date | None
    service: Name
    product: Name
    #: Each with its value, and what that is called where it is a code with a name.
    facts: tuple[tuple[FactDefinition, Any, Name | None], ...]
    signatures: tuple[Signed, ...]
    #: Which kind of signature it bears.
    bears: Bears


@dataclass(frozen=True, slots=True)
class Verified:
    """A product as everybody may know of it, and its details for who has more than its number."""

    region: RegionRecord
    office: Name
    standing: Standing
    valid_until: date | None
    details: Details | None = None
    #: What is printed now was corrected since that day.
    corrected: Corrected | None = None
    #: The file that was asked about is one of before, replaced since.
    replaced: Replaced | None = None
    #: Its public id, for who has its check word or file.
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it. Several products are of one number: each says who issued it."""

    products: tuple[Verified, ...]
    check_word: CheckWord
    file: ComparedFile
    name: Compared | Literal["needs_check_word"]


def check_word(ctx: Context, product: str) -> str:
    """The word printed on the product with this public id, and behind `?k=` in its address.

    It is made of the secret key, so it is kept nowhere.
    """
    return verification.check_word(ctx.vault.check_digest(product))


def verify_product(ctx: Context, text: str, given: Given, address: str) -> Verification:
    """Whether a product of this public id or number is known, and what it says. Raises Busy.

    Whatever does not fit is counted before it is said, known or not alike.
    """
    asked = verification.asked(text)
    word = tidy_code(given.check_word or asked.check_word or "") or None
    found = _found(ctx, asked)
    opened = [each for each in found if word is not None and each.has_word(word)]
    fits: CheckWord = "not_given" if word is None else "fits" if opened else "does_not_fit"
    same = [each for each in found if given.sha256 and each.sha256 == given.sha256]
    before = [each for each in found if given.sha256 and each.replaced(given.sha256)]
    # Who has the file has all that is printed on it, the check word as well.
    opened += [each for each in (*same, *before) if each not in opened]
    file = _file(given, found, same, before)
    name = _name(given, found, opened)
    right = bool(found) and "does_not_agree" not in (name, file) and fits != "does_not_fit"
    # Kinds of guesses are counted apart: else who knows the one would begin anew with the other.
    kind = next((kind for kind, said in _kinds(given, word) if said), "number")
    what = found[0].key if found else asked.number_key
    bucket = f"v/{kind}/{ctx.vault.keyed_digest(f'verification:{what}')[:24]}"
    judge(ctx, bucket, None, address, lambda: right, _TOO_MANY, _REALM)
    shown = tuple(each.shown(each in opened, given.sha256) for each in found)
    return Verification(shown, fits, file, name)


def _kinds(given: Given, word: str | None) -> list[tuple[str, str | None]]:
    return [("name", given.name), ("file", given.sha256), ("word", word)]


def _file(
    given: Given, found: "list[_Product]", same: "list[_Product]", before: "list[_Product]"
) -> ComparedFile:
    """Whether the file is the one that was issued; where none is kept, nobody can tell."""
    if given.sha256 is None:
        return "not_given"
    if same:
        return "agrees"
    if before:
        return "replaced"
    return "does_not_agree" if any(each.sha256 for each in found) else "cannot_be_compared"


def _name(
    given: Given, found: "list[_Product]", opened: "list[_Product]"
) -> Compared | Literal["needs_check_word"]:
    if not given.name:
        return "not_given"
    # Compared with or without the right word: the time that it takes would tell a right word in a wait,
    # where nothing is counted.
    compared = [(each, each.compares(given.name)) for each in found]
    answers = [answer for each, answer in compared if each in opened]
    if not answers:
        return "needs_check_word"
    return "agrees" if "agrees" in answers else answers[0]


def _found(ctx: Context, asked: Asked) -> "list[_Product]":
    if not asked.number_key:
        return []
    with ctx.database.read() as connection:
        by_id, by_number = found_products.by_id_or_number(
            connection, asked.public_id, asked.number_key
        )
    by_number = [each for each in by_number if asked.means(each.number or "")]
    known = (_known(ctx, each) for each in by_id or by_number)
    return [each for each in known if each is not None]


def _known(ctx: Context, found: FoundProduct) -> "_Product | None":
    """None for what nobody is to hear of."""
    state, product = found.case.state, find_product(found.case.state, found.product)
    region, calendar = ctx.region(state.region, found.case.revisions.files)
    standing = verification.standing(product, calendar, ctx.database.now())
    if standing is None:
        return None
    return _Product(ctx, state, product, standing, region, calendar)


@dataclass(eq=False)
class _Product:
    """A product that was found; what is asked of it is read when it is asked."""

    ctx: Context
    state: CaseState
    product: Document
    standing: Standing
    region: RegionRecord
    calendar: Calendar

    @cached_property
    def definition(self) -> ServiceDefinition:
        """The case's version of its service."""
        state = self.state
        return self.ctx.definition(state.region, state.service, state.service_version)

    @property
    def key(self) -> str:
        """What guesses at it are counted under."""
        return str(self.product["id"])

    def has_word(self, word: str) -> bool:
        """Whether this is its check word."""
        return self.ctx.vault.equal(word, check_word(self.ctx, self.key))

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        state = self.state
        kinds = ("product", "signer", "fact")
        return case_texts.case_texts(self.ctx, state.region, state.number, *kinds)

    @cached_property
    def sha256(self) -> str | None:
        """Of its file; None where it has none, or the person is erased."""
        file = self.product.get("file")
        said = self._files.get(file["text"]) if file else None
        return said["sha256"] if said else None

    @cached_property
    def _files(self) -> Mapping[str, Mapping[str, Any]]:
        return signed_files.said_of(self.ctx, self.state)

    def replaced(self, sha256: str) -> Replaced | None:
        """The edition of before whose file this is."""
        if not self.product.get("corrections"):
            return None
        texts = [text for text, said in self._files.items() if said["sha256"] == sha256]
        found = (verification.replaced(self.product, text, self.calendar) for text in texts)
        return next(filter(None, found), None)

    def compares(self, typed: str) -> Compared:
        """Whether the applicant's name is the typed one, where their name of today is the printed one."""
        number = self.state.number
        parties = parties_of(self.ctx, self.state.region, [number])[number]
        names = [
            each.data["name"] for each in parties if each.row.role == "applicant" and each.data
        ]
        printed = self._texts.get(self.product["draft"]["text"])
        if printed is None or not names:
            return "cannot_be_compared"
        if " ".join(names[0].split()) not in " ".join(json.loads(printed)["text"].split()):
            return "cannot_be_compared"
        return "agrees" if same_name(typed, names[0]) else "does_not_agree"

    def shown(self, detailed: bool, sha256: str | None) -> Verified:
        """As it is answered."""
        until = self.product["valid_until"]
        return Verified(
            self.region,
            self.region.agencies[self.definition.front_office].name,
            self.standing,
            date.fromisoformat(until) if until else None,
            self._details() if detailed else None,
            verification.corrected(self.product, self.calendar),
            self.replaced(sha256) if sha256 else None,
            self.key if detailed else None,
        )

    def _details(self) -> Details:
        dated = self.product["dated"]
        facts = [
            (fact, value, called(fact, value, self.region.region.places))
            for fact in self.definition.facts
            if fact.public and (value := self._fact(fact)) is not None
        ]
        return Details(
            self.product["number"],
            date.fromisoformat(dated) if dated else None,
            self.definition.name,
            self.definition.product_of(self.product["product"]).name,
            tuple(facts),
            tuple(self._signatures()),
            bears(self.product) or Bears("none"),
        )

    def _fact(self, fact: FactDefinition) -> Any:
        value = self.state.facts.get(fact.id)
        return self._texts.get(value["text"]) if isinstance(value, Mapping) else value

    def _signatures(self) -> list[Signed]:
        marks = [*self.product["signatures"], *self.product.get("corrections", ())]
        state, versions = self.state, [mark["version"] for mark in marks]
        with self.ctx.database.read() as connection:
            bodies = case_events.of_versions(connection, state.region, state.number, versions)
        events = {event.version: event for event in map(Event.from_body, bodies)}
        forms = block_forms(self.product, bears(self.product))
        return [
            self._signed(mark, events[mark["version"]], form)
            for mark, form in zip(marks, forms, strict=True)
        ]

    def _signed(self, mark: Document, event: Event, form: BlockForm | None) -> Signed:
        """The office by the passport; the name by the copy of the profile, without rank and NIP."""
        sealed = self._texts.get(mark["signer"]["text"])
        profile = Profile.from_dict(json.loads(sealed)) if sealed is not None else Profile("")
        passport = event.data["authority"].get("passport")
        head = False
        if passport is not None:
            office, head = passport["signature"], signs_as_head(passport, self.region.region.head)
        else:
            agency = event.data.get("agency", self.definition.front_office)
            office = [self.region.agencies[agency].name.id]
        block = signature_block(office, profile, head_of_region=head)
        on = self.calendar.local_date(event.recorded_at)
        return Signed(block.office, block.officer[0] or None, on, form)
