"""Who may say who may sign: whose registrars keep a paper, and whom it concerns.

A paper of the register is entered by one registrar of its body and confirmed by another. Neither is
an officer whom it concerns (who is named in it, takes or keeps a power by it, or is replaced by it)
nor a subordinate of one (docs/decisions/0022-registrars.md). Who is a registrar is a paper of the
register too (docs/decisions/0036-registrars-by-paper.md). Everything is asked for one day.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from casetrack.domain.authority.duties import runs
from casetrack.domain.authority.entries import (
    Amendment,
    Entry,
    Grant,
    Incumbency,
    Instrument,
    MallStay,
    PayAccount,
    Post,
    Registrar,
    Renaming,
    Replacement,
    Succession,
    Withdrawal,
)
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.authority.seats import seats_of

#: An agency's own texts; every other form is the region's, or comes from above it.
_OWN_TEXTS = ("decree", "letter")
#: The body of a text on which nothing rests yet: the registrars of any agency keep it.
ANY_BODY = "*"
#: One enters a paper and another confirms it.
NEEDED = 2


@dataclass(frozen=True, slots=True)
class Keeper:
    """An officer, as far as the papers are concerned."""

    login: str
    #: The same in all accounts of one person.
    person: str
    agency: str | None
    live: bool = True
    #: What the account itself says, from before registrars were entries of the register: the agencies
    #: whose papers they keep until that becomes an entry, and those whose papers they ever kept so.
    registrar_for: frozenset[str] = frozenset()
    ever_for: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ()

    def keeps(self, body: str | None, *, ever: bool = False) -> bool:
        """Whether the account itself says that the papers of this body are theirs, or once were."""
        bodies = self.ever_for | self.registrar_for if ever else self.registrar_for
        return bool(bodies) if body == ANY_BODY else body in bodies


Accounts = Mapping[str, Keeper]


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a paper concerns: officers, and the positions that they hold or would hold by it."""

    officers: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()

    def __or__(self, other: "Concerned") -> "Concerned":
        return Concerned(self.officers | other.officers, self.positions | other.positions)


@dataclass(frozen=True, slots=True)
class Keeping:
    """A register on one day, with the accounts of its region."""

    register: Register
    secretariat: str | None
    accounts: Accounts
    day: date

    # --- who keeps papers ----------------------------------------------------------------------------

    def duty(self, login: str, body: str | None) -> Recorded | None:
        """The entry by which the officer keeps the papers of this body; one that is confirmed first."""
        found = [
            recorded
            for recorded, duty in self.register.duties_of(login)
            if body in (ANY_BODY, duty.agency) and runs(self.register, duty, self.day)
        ]
        return min(found, key=lambda each: (each.cite.set_up is not None, each.id), default=None)

    def keeps(self, login: str, body: str | None) -> bool:
        """Whether the papers of this body are the officer's to enter and confirm."""
        account = self.accounts.get(login)
        return (
            account is not None
            and account.live
            and (account.keeps(body) or self.duty(login, body) is not None)
        )

    def ever_kept(self, login: str, body: str, day: date) -> bool:
        """Whether they kept them on that day by an entry, or ever by their account alone."""
        account = self.accounts.get(login)
        then = replace(self, day=day)
        return then.duty(login, body) is not None or (
            account is not None and account.keeps(body, ever=True)
        )

    def persons(self, body: str) -> dict[str, str]:
        """Who keeps the papers of this body: each person once, with one of their accounts."""
        return {
            account.person: login
            for login, account in sorted(self.accounts.items())
            if self.keeps(login, body)
        }

    def heads_secretariat(self, login: str) -> Recorded | None:
        """The letter by which the officer heads the secretariat; None where they do not."""
        account = self.accounts.get(login)
        if self.secretariat is None or account is None or not account.live:
            return None
        for recorded, held in seats_of(self.register, login, self.day):
            if self.is_heading(held.position):
                return recorded
        return None

    def is_headless(self) -> bool:
        """Whether nobody heads the secretariat, and too few registrars are confirmed to say who does.

        No paper could come in that names a head, and without a head nobody confirms a registrar.
        """
        if self.secretariat is None or any(map(self.heads_secretariat, self.accounts)):
            return False
        return len(self.confirmed(self.secretariat)) < NEEDED

    def confirmed(self, body: str) -> set[str]:
        """The persons who keep the papers of this body by more than an operator's word."""
        return {
            account.person
            for login, account in self.accounts.items()
            if account.live
            and (duty := self.duty(login, body)) is not None
            and duty.cite.set_up is None
        }

    def is_heading(self, position: str) -> bool:
        """Whether this position heads the secretariat."""
        post = self.register.post(position)
        return post is not None and post.agency == self.secretariat and self.is_head(position)

    # --- whose paper it is --------------------------------------------------------------------------

    def body(self, entry_id: str, entry: Entry) -> str | None:
        """The agency whose registrars keep this paper; None where no secretariat is named for it."""
        return self.one_body(self._bodies(entry_id, entry))

    def one_body(self, bodies: Iterable[str | None]) -> str | None:
        """The one agency of these; what concerns several is the secretariat's."""
        found = set(bodies)
        if len(found) > 1:
            found.discard(ANY_BODY)
        return found.pop() if len(found) == 1 else self.secretariat

    def _bodies(self, entry_id: str, entry: Entry) -> Iterator[str | None]:
        match entry:
            case MallStay() | PayAccount():
                yield entry.agency
            case Registrar():
                heads = any(self.is_head(seat) for seat in self._seats(entry.officer))
                yield self.secretariat if heads else entry.agency
            case Post():
                # Also of a position that will be a head: superiors may change later.
                yield from (then._of_post(entry_id, entry) for then in self.days_of(entry))
            case Incumbency() | Renaming():
                yield self._of_position(entry.position)
            case Grant():
                yield self._of_grant(entry)
            case Instrument() if entry.form in _OWN_TEXTS:
                yield ANY_BODY
                yield from (self._of_grant(grant) for grant in self._resting(entry_id))
            case Instrument():
                yield self.secretariat
            case _:
                yield from self._of_change(entry)

    def _of_change(
        self, entry: Withdrawal | Replacement | Amendment | Succession
    ) -> Iterator[str | None]:
        match entry:
            case Withdrawal():
                yield self._of_grant(self.register.find(Grant, "grant", entry.grant))
            case Succession():
                yield self._of_position(entry.source)
                yield self._of_position(entry.target or entry.source)
            case Replacement() | Amendment():
                yield self.secretariat

    def _of_grant(self, grant: Grant | None) -> str | None:
        """Its giver's agency; to the head of an agency as a letter of theirs.

        By the law alone it belongs to who keeps that law: an agency records no law for its own people.
        """
        if grant is None or (grant.giver is None and not self.rests_on_own_texts(grant)):
            return self.secretariat
        if grant.giver is None or self.is_head(grant.receiver):
            return self._of_position(grant.receiver)
        giver = self.register.post(grant.giver)
        return self.secretariat if giver is None or self.is_top(grant.giver) else giver.agency

    def _of_position(self, position: str) -> str | None:
        post = self.register.post(position)
        return self.secretariat if post is None or self.is_head(position) else post.agency

    def _of_post(self, position: str, post: Post) -> str | None:
        """That of the position; one that nobody has recorded yet is judged by what the paper says."""
        if self.register.post(position) is not None:
            return self._of_position(position)
        above = next((s.position for s in reversed(post.superiors)), None)
        is_head = above is None or _heads(self.register, post.agency, above) or self.is_top(above)
        return self.secretariat if is_head else post.agency

    def rests_on_own_texts(self, grant: Grant) -> bool:
        """Whether everything that it rests on is known, and a decree or a letter of an agency."""
        texts = [self.register.instrument(basis.instrument) for basis in grant.basis]
        return all(text is not None and text.form in _OWN_TEXTS for text in texts)

    def days_of(self, post: Post) -> Iterator["Keeping"]:
        """This register today and on each later day on which the position gets another superior."""
        later = {above.since for above in post.superiors if above.since and above.since > self.day}
        yield from (replace(self, day=day) for day in sorted({self.day} | later))

    def headings(self) -> set[str]:
        """The positions that head the secretariat."""
        of_it = (r.id for r, post in self.register.all_of(Post) if post.agency == self.secretariat)
        return {position for position in of_it if self.is_head(position)}

    def is_head(self, position: str) -> bool:
        """Whether nobody of its own agency stands above this position, or only the region's head."""
        post = self.register.post(position)
        above = self.register.superior_of(position, self.day)
        if post is None or above is None:
            return post is not None
        return _heads(self.register, post.agency, above) or self.is_top(above)

    def is_top(self, position: str) -> bool:
        """Whether this is the region's head: nobody stands above it, and it above other agencies."""
        post = self.register.post(position)
        if post is None or self.register.superior_of(position, self.day) is not None:
            return False
        return post.agency == self.secretariat or any(
            other.agency != post.agency
            and self.register.superior_of(recorded.id, self.day) == position
            for recorded, other in self.register.all_of(Post)
        )

    # --- whom it concerns ---------------------------------------------------------------------------

    def concerned(self, entry_id: str, entry: Entry) -> Concerned:
        """Whom the paper names, gives something, leaves something, or replaces."""
        positions = frozenset(self._positions(entry_id, entry))
        officers = {held.officer for position in positions for held in self._sitting(position)}
        if isinstance(entry, Incumbency | Registrar):
            officers.add(entry.officer)
        return Concerned(frozenset(officers), positions)

    def _positions(self, entry_id: str, entry: Entry) -> Iterator[str]:
        match entry:
            case Post():
                yield entry_id
                yield from self._risen(entry_id, entry)
            case Incumbency() | Renaming():
                yield entry.position
            case Grant():
                yield entry.receiver
            case Withdrawal():
                taken = self.register.find(Grant, "grant", entry.grant)
                yield from (taken.receiver,) if taken else ()
            case Succession():
                yield from (entry.source, entry.target or entry.source)
            case Instrument():
                yield from (grant.receiver for grant in self._resting(entry_id))
            case Replacement() | Amendment():
                yield from (grant.receiver for grant in self._resting(entry.old, entry.new))

    def _risen(self, position: str, post: Post) -> Iterator[str]:
        """Positions that come to stand above this one: what the head of the agency is already."""
        known = self.register.post(position)
        for above in {s.position for s in post.superiors} - {
            s.position for s in (known or post).superiors
        }:
            upper = self.register.post(above) if above is not None else None
            if above is not None and not (
                upper and upper.agency == post.agency and self.is_head(above)
            ):
                yield above

    def _resting(self, *instruments: str) -> Iterator[Grant]:
        """The powers that rest on one of these texts: they stay or go with it."""
        for _, grant in self.register.all_of(Grant):
            if any(basis.instrument in instruments for basis in grant.basis):
                yield grant

    def _sitting(self, position: str) -> Iterator[Incumbency]:
        """The letters for a position that are signed and not over."""
        for recorded in self.register.in_position(position):
            if isinstance(recorded.entry, Incumbency) and self._runs(recorded.entry):
                yield recorded.entry

    def _seats(self, officer: str) -> Iterator[str]:
        for recorded in self.register.held_by(officer):
            if isinstance(recorded.entry, Incumbency) and self._runs(recorded.entry):
                yield recorded.entry.position

    def _runs(self, held: Incumbency) -> bool:
        return held.letter.dated <= self.day and (held.until is None or held.until >= self.day)

    def is_barred(self, login: str, concerned: Concerned) -> bool:
        """Whether the officer is one of those whom a paper concerns, or a subordinate of one.

        The region's head stands above everybody, and nobody could keep a paper that concerns them:
        to be below them bars nobody.
        """
        own = self._accounts_of(login)
        if any(self._person(officer) == own[0].person for officer in concerned.officers):
            return True
        theirs = {seat for officer in concerned.officers for seat in self._seats(officer)}
        uppers = {p for p in concerned.positions | theirs if not self.is_top(p)}
        seats = {seat for account in own for seat in self._seats(account.login)}
        agencies = {account.agency for account in own if account.agency is not None}
        return any(self._is_under(upper, seats, agencies) for upper in uppers)

    def _is_under(self, upper: str, seats: set[str], agencies: set[str]) -> bool:
        if any(self.register.is_above(upper, seat, self.day) for seat in seats):
            return True
        post = self.register.post(upper)
        return post is not None and post.agency in agencies and self.is_head(upper)

    def _person(self, login: str) -> str:
        account = self.accounts.get(login)
        return account.person if account else login

    def _accounts_of(self, login: str) -> list[Keeper]:
        """Every account of the person: several count as one."""
        person = self._person(login)
        found = [account for account in self.accounts.values() if account.person == person]
        return found or [Keeper(login, login, None, live=False)]


def _heads(register: Register, agency: str, above: str) -> bool:
    upper = register.post(above)
    return upper is None or upper.agency != agency
