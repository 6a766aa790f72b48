"""What no second bill may have: a code, and the reference of a payment. Asked for behind the locks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casetrack.domain.authority.accounts import Place
from casetrack.domain.case.bills import BillIssue, Payment
from casetrack.domain.case.commands import Act, Details, missing
from casetrack.domain.case.numbers import damm
from casetrack.domain.case.state import CaseState
from casetrack.domain.errors import Invalid, NotNow
from casetrack.storage.case import bill_rows
from casetrack.storage.unit_of_work import Call

#: Reads which account a new bill is paid into.
Accounts = Callable[[str | None], Place]


def with_code(details: Details | None, account: Accounts, random: Callable[[int], bytes]) -> Any:
    """What is said of a new bill, with its code: as it was given, or drawn where the account says so.

    Raises Invalid where the issuer of codes has given none, or where a drawn one was brought.
    """
    if not isinstance(details, BillIssue):
        return details
    try:
        place = account(details.account)
    except NotNow:
        return details  # said when it is this act's turn: 412 comes before 409
    form = place.account.codes
    if not form.drawn:
        if details.code is None:
            raise missing("code", f"enter the code that {place.account.bank} gave for it")
        return replace(details, account=place.id)
    if details.code is not None:
        raise Invalid(
            "invalid_body",
            "code: casetrack draws the codes of this account.",
            errors=[{"at": "code", "message": "casetrack draws the codes of this account"}],
        )
    drawn = int.from_bytes(random(16)) % 10 ** (form.digits - 1)
    digits = f"{drawn:0{form.digits - 1}d}"
    return replace(details, account=place.id, code=f"{form.prefix}{digits}{damm(digits)}")


def asked(state: CaseState, act: Act) -> dict[str, Call]:
    """Who has this code already; which bill this payment confirmed."""
    match act.details:
        case BillIssue(code=str() as code):
            return {"code": bill_rows.of_code(state.region, code)}
        case Payment(reference=reference):
            return {"paid": bill_rows.of_reference(state.region, reference)}
    return {}


def check(found: Mapping[str, Sequence[Any]]) -> None:
    """Raises NotNow for a code or a payment that another bill has."""
    if found.get("code"):
        raise NotNow("code_known", "Another bill has this code; each is for one bill.")
    if found.get("paid"):
        # Of whichever account: a number that stands for another account's payment is not this one's.
        raise NotNow(
            "reference_used",
            f"A payment with this reference confirmed a bill of the account {found['paid'][0].account} "
            "already; one payment is for one bill.",
        )
