"""What was said of the people of a case, made ready for the event: persons, contacts, papers and notes
sealed, each under the key of the person it is about.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casetrack.domain.case.case_people import PowerEnd
from casetrack.domain.case.commands import missing
from casetrack.domain.case.state import CaseState
from casetrack.domain.case.transitions import PartyAction
from casetrack.domain.errors import Invalid, NotNow
from casetrack.domain.people import contact, identity
from casetrack.storage.people import case_parties, person_texts, subjects
from casetrack.storage.people.case_parties import PartyRow
from casetrack.storage.people.person_texts import TextRow
from casetrack.storage.unit_of_work import Conflict, UnitOfWork
from casetrack.usecases.case.opening import ONLY_DIRECTOR
from casetrack.usecases.case.powers import has_text, power_until, sealed_paper, tidied_paper
from casetrack.usecases.case.sealed_parties import Party, Sealed, directors, seal_parties
from casetrack.usecases.context import Context
from casetrack.usecases.people import search_words, tidying
from casetrack.usecases.people.sealing import Sealer, as_text, text_context

#: How a party is reached: given anew as a whole, so that nothing of the old contact stays.
_CONTACT = ("email", "phone", "address", "channels")


@dataclass(frozen=True, slots=True)
class PartyDoing:
    """An act on the people as it comes in: texts are still texts."""

    action: PartyAction
    day: date
    role: str = "applicant"
    paper: Mapping[str, Any] | None = None
    why: PowerEnd | None = None
    #: `acts` and `until`.
    power: Mapping[str, Any] | None = None
    party: Party | None = None
    contact: Mapping[str, Any] | None = None
    note: str | None = None

    def power_document(self) -> dict[str, Any] | None:
        """The power as an event holds it."""
        if self.power is None:
            return None
        until = self.power.get("until")
        return {"acts": list(self.power["acts"]), "until": until.isoformat() if until else None}


@dataclass
class Words:
    """References for the event, and the rows behind them."""

    paper: dict[str, Any] | None = None
    person: dict[str, Any] | None = None
    #: Who acts for the applicant from now on, where their NIK was given.
    director: dict[str, Any] | None = None
    note: dict[str, Any] | None = None
    #: The rows of who comes, or is reached otherwise from now on.
    rows: list[PartyRow] = field(default_factory=list)
    sealed: Sealed = field(default_factory=Sealed)
    #: Of somebody who stands in the case: their row as we saw it, and what was sealed under their key.
    seen: PartyRow | None = None
    sealer: Sealer | None = None
    #: The NIK of whom the day of the act is about, where they gave one.
    nik: str | None = None
    #: There is something to seal and no key any more.
    erased: bool = False
    unchanged: bool = False
    #: The new director is the one who acts for the company now.
    acts_already: bool = False

    def texts(self, number: str) -> list[TextRow]:
        """The texts under the key of who stands in the case already."""
        return self.sealer.texts(number) if self.sealer else []

    def check(self, uow: UnitOfWork, region: str, number: str) -> None:
        """Under the locks, whether it is still as we saw it. Raises NotNow, Conflict."""
        if self.erased:
            raise NotNow(
                "subject_erased", "Their data were erased; nothing more is written of them."
            )
        if self.acts_already:
            raise acts_already()
        if self.unchanged:
            raise NotNow("contact_unchanged", "They are reached so already.")
        if self.seen is None or self.sealer is None:
            return
        held = subjects.lock_subject(uow, region, self.seen.subject)
        now = case_parties.party(uow.connection, region, number, self.seen.role)
        if held is None or held.wrapped_key is None or now != self.seen:
            raise Conflict(
                "the person was corrected, joined or erased between our look and the lock"
            )


def acts_already() -> NotNow:
    """The refusal of an act that was carried out before."""
    return NotNow("acts_already", "This person acts for the applicant already, by the same power.")


def tidied(doing: PartyDoing) -> PartyDoing:
    """Names, contacts and papers as they are kept. Raises Invalid, which repeats nothing."""
    faults: list[dict[str, str]] = []
    party, given = doing.party, doing.contact
    if party is not None and party.acting_nik:
        faults.append({"at": "party.acting_nik", "message": ONLY_DIRECTOR})
    if party is not None:
        fields = {name: getattr(party, name) for name in tidying.TIDIED}
        kept, wrong = tidying.tidied({**party.document(), **fields})
        faults += [{"at": f"party.{name}", "message": fault} for name, fault in wrong]
        party = replace(party, **{name: kept[name] for name in fields})
    if given is not None:
        if doing.action == "change_director" and not given.get("acting"):
            raise missing("contact.acting", "say who acts for the company from now on")
        if doing.action != "change_director" and given.get("acting"):
            raise missing("contact.acting", "who acts for a company is said by change_director")
        if given.get("acting_nik") and not given.get("acting"):
            faults.append({"at": "contact.acting_nik", "message": ONLY_DIRECTOR})
        given, wrong = tidying.tidied({name: value for name, value in given.items() if value})
        faults += [{"at": f"contact.{name}", "message": fault} for name, fault in wrong]
    if faults:
        told = "; ".join(f"{fault['at']}: {fault['message']}" for fault in faults)
        raise Invalid("invalid_body", f"{told}.", errors=faults)
    paper = tidied_paper(doing.paper, "paper")
    return replace(doing, party=party, contact=given, paper=paper)


def new_words(ctx: Context, state: CaseState, doing: PartyDoing) -> Words:
    """Seal what the act brings."""
    if doing.party is not None:
        words = _of_new_person(ctx, state, doing, doing.party)
    else:
        words = _of_party(ctx, state, doing)
    # What is said of a company stands under its key, whoever acts for it.
    sealers = ([words.sealer] if words.sealer else []) or words.sealed.sealers
    sealer = sealers[0] if sealers else None
    if doing.paper is not None:
        words.paper = sealed_paper(sealer, doing.paper)
    if doing.note and sealer is not None:
        words.note = {"subject": sealer.subject, **sealer.seal("note", doing.note)}
    return words


def _of_new_person(ctx: Context, state: CaseState, doing: PartyDoing, party: Party) -> Words:
    role = "applicant" if doing.action == "succeed" else "representative"
    sealed = seal_parties(ctx, state.region, [replace(party, role=role)])
    until = power_until(ctx, state.region, doing.power or {})
    row = replace(sealed.rows[0], until=until)
    return Words(person=sealed.parties[role], rows=[row], sealed=sealed, nik=party.nik)


_ABOUT: Mapping[str, str] = {"end_power": "representative"}


def _of_party(ctx: Context, state: CaseState, doing: PartyDoing) -> Words:
    """Of somebody who stands in the case; nobody there is refused when it is this act's turn (409)."""
    region, role = state.region, _ABOUT.get(doing.action, doing.role)
    with ctx.database.read() as connection:
        row = case_parties.party(connection, region, state.number, role)
        held = subjects.subject(connection, region, row.subject) if row else None
        text = person_texts.one_text(connection, region, row.text) if row else None
    person: dict[str, Any] | None = None if doing.contact is None else {}
    if row is None or held is None:
        return Words(person=person)
    if held.wrapped_key is None or text is None:
        told = bool(doing.note or doing.contact or has_text(doing.paper))
        return Words(person=person, erased=told)
    sealer = Sealer(
        ctx, region, row.subject, ctx.vault.unwrap(held.wrapped_key, region, row.subject)
    )
    opened = json.loads(ctx.vault.open(sealer.key, text.sealed, text_context(region, text.text)))
    words = Words(seen=row, sealer=sealer, nik=opened.get("nik"))
    if doing.contact is not None:
        given = {name: value for name, value in doing.contact.items() if name != "acting_nik"}
        _reach_otherwise(words, row, sealer, opened, given)
        _bring_director(ctx, state, words, doing.contact)
        # The person is the same: whoever was joined or separated since, the events go on from the first.
        before = state.parties[role]
        words.person = {
            **(words.person or {}),
            "subject": before["subject"],
            "kind": before["kind"],
        }
    return words


def _reach_otherwise(
    words: Words,
    row: PartyRow,
    sealer: Sealer,
    old: Mapping[str, Any],
    given: Mapping[str, Any],
) -> None:
    new = {**{name: each for name, each in old.items() if name not in _CONTACT}, **given}
    same = "acting" in given and identity.same_name(given["acting"], str(old.get("acting", "")))
    words.unchanged, words.acts_already = new == old, same
    words.person = reference = sealer.seal("party", as_text(new))
    reached, language = contact.reachable(new), new.get("language", row.language)
    words.rows = [replace(row, text=reference["text"], channels=reached, language=language)]
    keyed = search_words.keyed_words(sealer.ctx, sealer.region, new)
    words.sealed.words[row.subject] = keyed


def _bring_director(ctx: Context, state: CaseState, words: Words, given: Mapping[str, Any]) -> None:
    """Who acts for the company stands in the case, too, where their NIK was given; that of one who acts
    already may come later."""
    came = directors(given.get("acting"), given.get("acting_nik"))
    if not came:
        return
    sealed = seal_parties(ctx, state.region, came)
    for subject, keyed in words.sealed.words.items():
        sealed.words.setdefault(subject, set()).update(keyed)
    words.rows += sealed.rows
    words.sealed, words.director = sealed, sealed.parties["director"]
    if "director" not in state.parties:
        words.acts_already = words.unchanged = False
