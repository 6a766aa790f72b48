"""Where bills are paid: the region's list of accounts and code issuers, an entry of the register each.

No bill, message, note or page takes an account number or a link from anywhere else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from casetrack.domain.authority.change_days import ONE_DAY
from casetrack.domain.authority.entries import CodeForm, PayAccount, covers
from casetrack.domain.authority.faults import Finding, told
from casetrack.domain.authority.instruments import in_force
from casetrack.domain.authority.paper_names import paper_name
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.authority.register import Register
from casetrack.domain.errors import Invalid, NotNow


@dataclass(frozen=True, slots=True)
class Place:
    """An account of the register, by its id."""

    id: str
    account: PayAccount

    @property
    def codes(self) -> "Codes":
        """What its codes look like."""
        return Codes(self.account.codes)


def kept_code(code: str | None, forms: Iterable[CodeForm]) -> str | None:
    """A code as it may be kept: one that no account ever had may be a telephone number or a NIK, and is
    masked."""
    if code is None or any(Codes(form).fits(code) for form in forms):
        return code
    return masked_code(code)


def masked_code(code: str) -> str:
    """A code of which its first two and last two characters are left, or none of a short one."""
    hidden = len(code) - 4
    return f"{code[:2]}{'*' * hidden}{code[-2:]}" if hidden >= 4 else "*" * len(code)


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of an account: its prefix, then so many digits."""

    form: CodeForm

    def fits(self, code: str) -> bool:
        """Whether this is one of them."""
        rest = code.removeprefix(self.form.prefix)
        whole = code.startswith(self.form.prefix) and len(rest) == self.form.digits
        return whole and rest.isascii() and rest.isdigit()

    @property
    def words(self) -> str:
        """What they look like, for a person."""
        return f"{self.form.prefix} and {self.form.digits} digits"


def accounts_on(register: Register, agency: str, service: str, day: date) -> list[Place]:
    """The accounts into which this agency's bills of a service are paid on a day: those that run, on a
    text that is in force."""
    return [
        Place(recorded.id, account)
        for recorded, account in register.all_of(PayAccount)
        if account.agency == agency
        and covers(account.services, service)
        and in_force(account.since, account.until, day)
        and register.basis_fault(account.basis, day, None) is None
    ]


def without_text(register: Register) -> Iterator[Finding]:
    """Accounts on the days on which they run and their text carries nothing; what is not in the register
    at all is told with the references."""
    for recorded, account in register.all_of(PayAccount):
        first: date | None = None
        turns = _turns(register, account)
        for day, following in pairwise([*turns, None]):
            fault = register.basis_fault(account.basis, day, None) if day else None
            broken = fault is not None and not fault.endswith("_missing")
            if broken and first is None:
                first = day
            if first is not None and (not broken or following is None):
                last = account.until if broken else day and day - ONE_DAY
                yield _without_text(register, recorded, first, last)
                first = None


def _without_text(
    register: Register, recorded: Recorded, since: date, until: date | None
) -> Finding:
    text = told("account_without_text", entry=paper_name(register, "account", recorded.id))
    return Finding("account_without_text", (("account", recorded.id),), since, until, text)


def _turns(register: Register, account: PayAccount) -> list[date]:
    """The days of an account on which its text may begin or cease to carry it, the first among them."""
    text, line = register.instrument(account.basis.instrument), register.line(account.basis)
    days: list[date | None] = [account.since]
    for each in (text, line):
        if each is not None:
            days += [each.since, each.until and each.until + ONE_DAY]
    days.append(text.dated if text else None)
    days += register.replacements_of(account.basis.instrument)
    days += [each.first for each in register.amendments_of(account.basis.instrument)]
    last = account.until or date.max
    return sorted({day for day in days if day is not None and account.since <= day <= last})


def account_for(
    register: Register, agency: str, service: str, day: date, named: str | None
) -> Place:
    """The account of a new bill. Raises NotNow where there is none, Invalid where one is to be named."""
    found = accounts_on(register, agency, service, day)
    if not found:
        raise NotNow(
            "no_account",
            f"The register names no account of {agency} for this service today that rests on a text in "
            "force; two registrars enter it.",
            agency=agency,
        )
    if named is None and len(found) == 1:
        return found[0]
    for place in found:
        if place.id == named:
            return place
    known = sorted(place.id for place in found)
    raise Invalid(
        "unknown_account",
        f"account: name one of {', '.join(known)}.",
        errors=[{"at": "account", "message": f"one of {', '.join(known)}"}],
    )
