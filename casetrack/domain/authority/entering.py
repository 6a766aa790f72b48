"""A paper on its way into the register: by whose hands it may come in.

One registrar of its body enters it and another confirms it, neither of them somebody whom it concerns
(docs/decisions/0022-registrars.md). Who was set up as a registrar is the head of the secretariat's to
confirm (docs/decisions/0036-registrars-by-paper.md).
"""

from dataclasses import dataclass, replace

from casetrack.domain.authority.entries import (
    Entry,
    Grant,
    Incumbency,
    Post,
    Registrar,
    Succession,
)
from casetrack.domain.authority.first_days import days_fault
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.registrars import ANY_BODY, Accounts, Concerned, Keeping
from casetrack.domain.errors import Forbidden, Invalid
from casetrack.domain.service.definition import Problem


@dataclass(frozen=True, slots=True)
class Paper:
    """A revision of an entry on its way into the register: the register before it and with it."""

    id: str
    entry: Entry
    #: What stands there now under this id: who revises it needs the right over both.
    before: Entry | None
    now: Keeping
    then: Keeping

    @property
    def body(self) -> str | None:
        """Whose registrars keep it. Who calls a paper of another body their own gets no further."""
        bodies = [self.then.body(self.id, self.entry)]
        if self.before is not None:
            bodies.append(self.now.body(self.id, self.before))
        return self.now.one_body(bodies)

    @property
    def concerned(self) -> Concerned:
        """Whom it concerns, by what stood there and by what it says."""
        found = self.now.concerned(self.id, self.entry) | self.then.concerned(self.id, self.entry)
        return found if self.before is None else found | self.now.concerned(self.id, self.before)

    @property
    def bodies(self) -> tuple[str, ...]:
        """Whose registrars may enter it: of who becomes one, the secretariat's too.

        A body that has one left could name nobody, nor let one of its two go.
        """
        body, secretariat = self.body, self.now.secretariat
        if body is None:
            return ()
        if isinstance(self.entry, Registrar) and secretariat not in (None, body):
            return (body, str(secretariat))
        return (body,)

    @property
    def says_who_heads(self) -> bool:
        """Whether it is a letter or a position by which somebody comes to head the secretariat."""
        return isinstance(self.entry, Incumbency | Post) and self._makes_registrars

    @property
    def _makes_registrars(self) -> bool:
        """Whether it makes or ends a registrar, or says who heads the secretariat, who confirms them."""
        if isinstance(self.entry, Registrar):
            return True
        if isinstance(self.entry, Post) and self._moves_heading(self.entry):
            return True
        return any(
            keeping.is_heading(position)
            for keeping in (self.now, self.then)
            for entry in (self.entry, self.before)
            for position in _positions(self.id, entry)
        )

    def _moves_heading(self, post: Post) -> bool:
        """Whether another position heads the secretariat by it, today or later: a position may come to
        do so since the one above it leaves the agency."""
        return any(
            replace(self.now, day=then.day).headings() != then.headings()
            for then in self.then.days_of(post)
        )

    def check_hand(self, login: str) -> Recorded | None:
        """The entry by which the officer's hand counts; None where only their account says so.

        Raises Forbidden: they keep no papers of its body, or it concerns them; or they were set up,
        nobody has confirmed it, and the paper makes or ends a registrar.
        """
        body = self.body
        if body is None:
            raise no_secretariat()
        if not any(self.now.keeps(login, each) for each in self.bodies):
            raise Forbidden(
                "not_registrar",
                f"{login} is no registrar of {_told(body)}, whose paper this is.",
                agency=body,
            )
        self._check_barred(login)
        found = (self.now.duty(login, each) for each in self.bodies)
        rights = [right for right in found if right is not None]
        right = min(rights, key=lambda each: each.cite.set_up is not None, default=None)
        if self._makes_registrars and (right is None or right.cite.set_up is not None):
            # Or those whom an operator alone set up would make each other registrars by paper, or make
            # somebody who confirms them.
            if self.now.is_headless():
                raise Forbidden(
                    "not_registrar",
                    f"{login} was set up as a registrar and makes no other one until the head of the "
                    "secretariat has confirmed it, and nobody heads it: the operator enters the letter "
                    "of who does into register.yaml and loads it (casetrack load).",
                    agency=body,
                )
            raise Forbidden(
                "not_registrar",
                f"{login} was set up as a registrar and makes no other one until the head of the "
                "secretariat has confirmed it.",
                agency=body,
            )
        return right

    def check_words(self) -> None:
        """Raises Invalid for a first paper under its id that could work on no day, and for a power by the
        law alone that rests on no law.

        A revision may work on no day: it is how officers take back what was entered by mistake.
        """
        fault = self._lawless()
        if fault is None and self.before is None:
            fault = days_fault(self.then.register, self.id, self.entry)
        if fault is not None:
            told = f"{fault.message}; {fault.cure}"
            raise Invalid(
                "invalid_entry",
                f"The paper {self.id} gives nothing: {told}.",
                errors=[{"at": ".".join(map(str, fault.at)), "message": told}],
            )

    def _lawless(self) -> Problem | None:
        """That a decree or a letter gives nobody a power by the law alone (UU 30/2014 art. 12)."""
        grant, before = self.entry, self.before
        if not isinstance(grant, Grant) or grant.giver is not None or not grant.basis:
            return None
        if isinstance(before, Grant) and (before.giver, before.basis) == (None, grant.basis):
            return None  # it was so before; now it ends
        if not self.then.rests_on_own_texts(grant):
            return None
        cure = "name the law, or the giver"
        return Problem(("basis",), "a decree or a letter gives no power by itself", cure)

    def check_head(self, login: str) -> Recorded:
        """The letter by which the officer heads the secretariat: who was set up as a registrar is theirs
        to confirm.

        Raises Forbidden: they do not head it, or it concerns them.
        """
        letter = self.now.heads_secretariat(login)
        if letter is None and self.now.is_headless():
            raise Forbidden(
                "secretariat_head_only",
                "Who was set up as a registrar is confirmed by the head of the secretariat, and nobody "
                f"heads {self.now.secretariat}: the operator enters the letter of who does into "
                "register.yaml and loads it (casetrack load).",
            )
        if letter is None:
            raise Forbidden(
                "secretariat_head_only",
                "Who was set up as a registrar is confirmed by the head of the secretariat"
                f"{f', {self.now.secretariat}' if self.now.secretariat else ''}.",
            )
        self._check_barred(login)
        return letter

    def bars(self, login: str) -> bool:
        """Whether it concerns the officer, or they are subordinate to somebody whom it concerns."""
        concerned = self.concerned
        return any(keeping.is_barred(login, concerned) for keeping in (self.now, self.then))

    def _check_barred(self, login: str) -> None:
        if self.bars(login):
            raise Forbidden(
                "own_paper",
                f"{login} is named in this paper, gains or loses by it, or is subordinate to "
                "somebody who does; other registrars enter and confirm it.",
                agency=self.body,
            )


def _positions(entry_id: str, entry: Entry | None) -> tuple[str, ...]:
    """The positions that somebody comes into, or that come to be, by this paper."""
    match entry:
        case Incumbency() as held:
            return (held.position,)
        case Post():
            return (entry_id,)
        case Succession() as succession:
            return tuple(filter(None, (succession.source, succession.target)))
    return ()


def _told(body: str) -> str:
    return "any body" if body == ANY_BODY else body


def no_secretariat() -> Forbidden:
    """The refusal of what only registrars of a secretariat do, where the region names none."""
    return Forbidden(
        "not_registrar",
        "This paper is the secretariat's, and the region names none; region.yaml says which agency it "
        "is.",
    )


def check_two(accounts: Accounts, entered_by: str, confirmed_by: str) -> None:
    """Raises Forbidden: nobody confirms what they entered, by whichever of their accounts."""
    persons = [
        accounts[login].person if login in accounts else login
        for login in (entered_by, confirmed_by)
    ]
    if persons[0] == persons[1]:
        raise Forbidden(
            "second_officer_needed",
            "What you entered yourself is confirmed by another officer, who has seen the paper.",
        )
