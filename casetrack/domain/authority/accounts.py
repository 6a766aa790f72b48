"""Where bills are paid: the region's list of accounts and code issuers, an entry of the register each.

No bill, message, note or page takes an account number or a link from anywhere else.
"""

from dataclasses import dataclass
from datetime import date

from casetrack.domain.authority.entries import CodeForm, PayAccount, covers
from casetrack.domain.authority.instruments import in_force
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
    """The accounts into which this agency's bills of a service are paid on a day."""
    return [
        Place(recorded.id, account)
        for recorded, account in register.all_of(PayAccount)
        if account.agency == agency
        and covers(account.services, service)
        and in_force(account.since, account.until, day)
    ]


def account_for(
    register: Register, agency: str, service: str, day: date, named: str | None
) -> Place:
    """The account of a new bill. Raises NotNow where there is none, Invalid where one is to be named."""
    found = accounts_on(register, agency, service, day)
    if not found:
        raise NotNow(
            "no_account",
            f"The register names no account of {agency} for this service today; two registrars enter "
            "it.",
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
