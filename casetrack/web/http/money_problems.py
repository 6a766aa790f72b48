"""The codes about bills and payments."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

MONEY: Mapping[str, Listed] = {
    "unknown_bill": Listed((404,), "the case has no such bill", "`GET /cases/{number}/bills`."),
    "no_bill_here": Listed(
        (422,), "the service does not say what is paid at this step", "Name a pay step with a bill."
    ),
    "unknown_account": Listed(
        (404, 422), "the register has no such account for this service", "Name one that is listed."
    ),
    "not_a_code": Listed(
        (422,), "the code is none of this account's", "Enter it as its issuer gave it."
    ),
    "no_account": Listed(
        (409,),
        "the register names no account of the agency for this service today",
        "Two registrars of the agency enter one (an entry of the kind `account`).",
    ),
    "bill_open": Listed(
        (409,), "a bill of this step is open", "Reduce or cancel it first; it takes a reason."
    ),
    "bill_confirmed": Listed(
        (409,), "the payment is confirmed already", "Refund the bill first; it takes a reason."
    ),
    "bill_state_forbids": Listed(
        (409,), "the bill's state does not allow it", "Read the case: `bills` says how each stands."
    ),
    "no_bill_open": Listed(
        (409,), "nothing is to be paid at this step: no bill with a code is open", "Issue it first."
    ),
    "too_many_bills": Listed(
        (409,), "the case has as many bills as it may", "Reduce the last one."
    ),
    "not_counted": Listed(
        (409,), "the tariff gives no amount for these facts", "Mend the service, or its facts."
    ),
    "free_of_charge": Listed((409,), "by the tariff nothing is to be paid", "Nothing to do."),
    "amount_differs": Listed(
        (409,),
        "another amount came than the bill's",
        "It stays unpaid; the payment is for the list of those that fit no bill.",
    ),
    "not_less": Listed((409,), "a reduction makes the amount less", "Give a smaller amount."),
    "code_known": Listed((409,), "another bill has this code", "Each code is for one bill."),
    "reference_used": Listed(
        (409,),
        "a payment with this reference confirmed a bill already",
        "One reference of a bank or treasury is for one bill; give that of this bill's payment.",
    ),
    "reference_listed": Listed(
        (409,),
        "a payment with this reference is on the list of those that fit no bill, for another amount, "
        "code or account",
        "`payment` names it: close it there (`confirmed_by_hand` where it was meant for this bill) and "
        "confirm again, or give the right reference. One that still waits is settled within minutes.",
    ),
    "reference_closed": Listed(
        (409,),
        "a payment with this reference was closed, and confirms nothing",
        "`payment` names it, the detail the reason. Where that was wrong, close it again as "
        "`confirmed_by_hand` with the wrong reason in `corrects`; else give the right reference.",
    ),
    "closing_differs": Listed(
        (409,),
        "the reason does not fit whether a bill is confirmed by the payment",
        "Close as `matched` what confirmed a bill, and nothing else. What has the reference of one is "
        "not `returned`, `not_ours` or `no_payment`. `corrects` is the reason that stands.",
    ),
    "own_bill": Listed(
        (403,),
        "who issued or reduced a bill or holds its case does not confirm it",
        "Another officer of the agency confirms it.",
    ),
    "unreadable_file": Listed(
        (422,),
        "the file of payments cannot be read",
        "Give the bank's CSV as it is, with the line that names its columns.",
    ),
    "payments_too_large": Listed(
        (413,),
        "the bank's file is larger than it may be",
        "`megabytes` says how much; load it in parts, each with the line that names the columns.",
    ),
    "unknown_payment_file": Listed(
        (404,), "no such file of payments was loaded", "Name a file by its SHA-256."
    ),
    "unknown_payment": Listed(
        (422,), "no such payment was told of", "`GET /payments/unmatched` lists them."
    ),
    "payment_state_forbids": Listed(
        (409,),
        "the payment is not one that fits no bill",
        "`status_now` is its state. How one was closed is corrected with `corrects`.",
    ),
    "own_payment": Listed(
        (409,),
        "the payment is for a bill of one's own case, or one that one issued or reduced",
        "A colleague closes it.",
    ),
    "payment_missing": Listed(
        (409,), "the hand-over waits for a confirmed payment", "Confirm the bill first."
    ),
}
