"""Every code that an error may carry: its status, what it means, and what the caller can do.

docs/problems.md is printed from this table. tests/unit/test_problems.py holds it against the source:
a code that is raised stands here, and a code that stands here is raised.
"""

from collections.abc import Mapping

from casetrack.domain.authority.check import REFUSAL_CODES
from casetrack.web.http.bad_day_problems import BAD_DAYS
from casetrack.web.http.complaint_problems import COMPLAINTS
from casetrack.web.http.correction_problems import CORRECTIONS
from casetrack.web.http.document_problems import DOCUMENTS
from casetrack.web.http.erasure_problems import ERASING
from casetrack.web.http.late_problems import LATE
from casetrack.web.http.listed_problem import Listed
from casetrack.web.http.money_problems import MONEY
from casetrack.web.http.party_problems import PARTIES
from casetrack.web.http.product_problems import PRODUCTS
from casetrack.web.http.register_cures import CURES
from casetrack.web.http.register_problems import REGISTER
from casetrack.web.http.report_problems import REPORTS
from casetrack.web.http.search_problems import SEARCH
from casetrack.web.http.server_problems import AT_THE_SERVER
from casetrack.web.http.sign_in_problems import SIGN_IN
from casetrack.web.http.silence_problems import SILENCE
from casetrack.web.http.unmasking_problems import UNMASKING

_READ_AGAIN = "Read it again, look whether the act still fits, and send the new ETag."
_SAY_IT_RIGHT = "`errors` lists every fault with its place; mend them and send it again."
_MAKE_ANOTHER = "`casetrack token create --officer LOGIN` makes a new one; `ended_at`: since when."

#: Who calls, and what cannot be read at all.
_AT_THE_DOOR: Mapping[str, Listed] = {
    "unauthenticated": Listed(
        (401,),
        "no token came along, or one that opens nothing any more",
        "Send `Authorization: Bearer TOKEN`; `casetrack token create --officer LOGIN` makes one.",
    ),
    "token_expired": Listed((401,), "the time of the token is over", _MAKE_ANOTHER),
    "role_not_allowed": Listed(
        (403,),
        "the role of the caller may not do this",
        "`roles` names who may; ask one of them.",
    ),
    "not_your_agency": Listed(
        (403,),
        "the step or the case belongs to another agency",
        "`agency` names it; the act is for its officers.",
    ),
    "not_their_superior": Listed(
        (403,),
        "a conflict of interest is declared by the officer concerned or by a superior of theirs",
        "Report it (`action: report`): that is noted and told, and blocks nothing.",
    ),
    "malformed_request": Listed(
        (400,), "the request is not HTTP that can be read", "Mend the client."
    ),
    "unknown_path": Listed(
        (404,), "there is no such address", "`/api/v1/openapi.json` lists all addresses."
    ),
    "method_not_allowed": Listed(
        (405,), "the address knows other methods", "The header `Allow` names them."
    ),
    "body_too_large": Listed(
        (413,),
        "the body is larger than 256 KiB",
        "Send less; notes and texts have limits of their own.",
    ),
    "not_json": Listed(
        (415,), "the body is not declared as JSON", "Send `Content-Type: application/json`."
    ),
    "malformed_json": Listed(
        (422,),
        "the body is not JSON, or a name stands twice in one object",
        "`detail` says where reading stopped.",
    ),
    "invalid_body": Listed((422,), "the body does not fit the operation's model", _SAY_IT_RIGHT),
    "invalid_query": Listed(
        (422,),
        "a parameter of the address is wrong, or a cursor is not one that was given",
        _SAY_IT_RIGHT,
    ),
    "unstorable_value": Listed(
        (422,),
        "a value that cannot be stored exactly: fraction, NUL, half a surrogate pair, above 2^53 - 1",
        "Send text or whole numbers.",
    ),
    "http_error": Listed(
        (),
        "what the web server itself refuses, under the status that it gives",
        "`detail` says why.",
    ),
}

#: Versions seen, and requests sent twice.
_VERSIONS: Mapping[str, Listed] = {
    "if_match_missing": Listed(
        (428,),
        "the operation changes a version, and the caller does not say which one they saw",
        "Send `If-Match` with the ETag of the last answer.",
    ),
    "malformed_if_match": Listed(
        (428,),
        "If-Match is not one ETag",
        'Send one as it was given, such as `"3"`; no star, no list.',
    ),
    "stale": Listed((412,), "somebody changed it since the caller read it", _READ_AGAIN),
    "malformed_idempotency_key": Listed(
        (422,),
        "an Idempotency-Key is 1 to 255 printable ASCII characters",
        "Take a random UUID.",
    ),
    "idempotency_key_reused": Listed(
        (422,), "the key was used with another body", "Take a new key for a new request."
    ),
    "position_not_reached": Listed(
        (409,),
        "the feed was asked behind a position that the ledger has not reached: the caller read another "
        "ledger, such as the one before a backup was restored",
        "Stop. Compare what you hold with the ledger up to `last`, throw away what is not in it, and "
        "go on from there.",
    ),
    "request_under_way": Listed(
        (409,),
        "an equal request is being carried out at this moment",
        "Ask again after `Retry-After`; the answer is then the stored one.",
    ),
}

#: Cases: which, and what they contain.
_CASES: Mapping[str, Listed] = {
    "unknown_case": Listed(
        (404,),
        "no such case, or none of the caller's agency; with an access code: one of the two is wrong",
        "Compare the number and the code with the slip.",
    ),
    "unknown_step": Listed(
        (404, 422), "the service has no such step", "The case's `steps` name all."
    ),
    "unknown_slip": Listed(
        (404,),
        "there is no such slip",
        "Ask for `receipt`, `registration`, `clock`, `hand-over` or `returned-papers`.",
    ),
    "malformed_number": Listed(
        (400,), "this does not look like a case number", "Copy it from the slip."
    ),
    "wrong_check_digit": Listed(
        (400,),
        "the last digit does not fit the others",
        "One digit is mistyped; compare with the slip.",
    ),
    "wrong_access_code": Listed(
        (422,),
        "the access code to be printed on a slip is not this case's",
        "Take the newest code; the action `reissue_code` makes another.",
    ),
    "too_many_guesses": Listed(
        (429,),
        "too many wrong access codes, numbers, check words or names: for this one, or from this address",
        "Wait for `Retry-After` (at most a minute); the counter gives a new access code.",
    ),
    "unknown_service": Listed(
        (404, 422),
        "the region has no such service, or takes no applications for it",
        "`GET /services` lists them.",
    ),
    "not_your_counter": Listed(
        (422,), "the service is taken in at another agency's counter", "Send the applicant there."
    ),
    "invalid_facts": Listed(
        (422,), "the facts are not those that the service asks for", _SAY_IT_RIGHT
    ),
    "unknown_requirement": Listed(
        (422,),
        "a document or a defect names a requirement that the service does not have",
        "Take one of the service's; `GET /services` lists them.",
    ),
    "defects_missing": Listed(
        (422,), "a return names no defect", "Name at least one, with its requirement."
    ),
    "unknown_result": Listed(
        (422,),
        "such a step is completed with one of a list of results",
        "`detail` names the list.",
    ),
    "unknown_reason": Listed(
        (422,),
        "the reason for a pause or a closing is not one of the list",
        "`detail` names the list.",
    ),
    "reason_missing": Listed(
        (422,),
        "reopening a step takes a reason, and so does that a granted objection changes nothing",
        "Send `reason` or `note`.",
    ),
    "unknown_officer": Listed(
        (404, 422),
        "this login is no officer of the region, or the step cannot be given to it: not of the caller's "
        "agency, or disabled",
        "`casetrack officers` lists the accounts.",
    ),
    "assignee_may_not": Listed(
        (422,),
        "none of the assignee's roles may do the step",
        "Give it to somebody who may finish it.",
    ),
}

#: What the status of a case or step does not allow now.
_STATUS: Mapping[str, Listed] = {
    "status_forbids": Listed(
        (409,),
        "the act is not for a case or step of this status",
        "[transitions.md](transitions.md) says what may follow what.",
    ),
    "own_conflict": Listed(
        (409,),
        "somebody would settle the conflict of interest that they declared themselves",
        "A superior lifts it or takes the decision over.",
    ),
    "limit_not_over": Listed(
        (409,),
        "silence would count before the step's limit is over; only the clock can meet this",
        "Nothing: the clock comes again when the limit is over.",
    ),
    "found_in_future": Listed(
        (422,),
        "the day on which the ground was found is to come",
        "Send the day on which it was found, today at the latest.",
    ),
    "unknown_action": Listed(
        (422,),
        "there is no such action on what was named",
        "Take one that the operation's body lists.",
    ),
    "details_missing": Listed(
        (422,), "the action needs more than was said with it", "The operation's body says what."
    ),
    "wrong_kind": Listed(
        (409,), "the action is not for a step of this kind", "`detail` names the action that fits."
    ),
    "claimed_by_another": Listed(
        (409,), "another officer has claimed the step", "Have it reassigned (`reassign`)."
    ),
    "nothing_to_return": Listed(
        (409,),
        "no step has found a defect, so there is nothing to send back",
        "Return a step first.",
    ),
    "supervisor_needed": Listed(
        (409,),
        "a second return names what could have been named in the first",
        "A supervisor sends it; `detail` names the requirements.",
    ),
    "pauses_used_up": Listed(
        (409,),
        "the service lets a case stand still for this cause no more",
        "Decide by what is there, return it to the applicant, or close it as `referred`.",
    ),
    "already_paused": Listed((409,), "the case is paused", "Resume it first."),
    "not_paused": Listed(
        (409,), "the case or the webhook is not paused", "There is nothing to resume."
    ),
    "no_extension": Listed(
        (409,), "the service gives no extension that fits its limit", "The limit stays."
    ),
    "extended_already": Listed(
        (409,), "the limit was extended, and it is extended once", "The limit stays."
    ),
    "not_waiting": Listed(
        (409,),
        "only a case that waits for the applicant or a payment can lapse",
        "Close it for another reason, or wait.",
    ),
    "signed_already": Listed(
        (409,),
        "after the last signature no step is reopened",
        "Correct or annul the product once it is issued.",
    ),
    "nobody_to_join": Listed(
        (409,),
        "no other person is known by the NIK of this case",
        "Nothing to do; a NIK that nobody can have joins nobody.",
    ),
    "nothing_to_separate": Listed(
        (409,), "the person in this case stands in no other case", "Nothing to do."
    ),
    "not_complete_yet": Listed(
        (409,),
        "the proof of registration is given once the file is declared complete",
        "Print the receipt, or declare the file complete.",
    ),
    "subject_erased": Listed(
        (409,),
        "the applicant's data were erased, so no text can be written about them",
        "Act without note and defect text; bring documents without name and hash.",
    ),
    "product_ended": Listed(
        (409,), "the product is annulled or revoked already", "Nothing more can be done to it."
    ),
    "declared_already": Listed(
        (409,),
        "this conflict of interest is declared already",
        "A superior lifts it or takes over.",
    ),
    "reported_already": Listed(
        (409,), "you reported this conflict of interest already", "A superior declares it."
    ),
    "no_conflict": Listed(
        (409,),
        "no conflict of this officer waits for a superior",
        "The case's trace shows its conflicts.",
    ),
    "position_choice": Listed(
        (409,),
        "the officer holds several positions that could do this",
        "Say which one in `as_position`; `choices` names them.",
    ),
}

#: The register of authority and its questions.

#: Webhooks, deliveries and texts.
_DELIVERY: Mapping[str, Listed] = {
    "unknown_webhook": Listed(
        (404,), "the agency has no such webhook", "`GET /webhooks` lists them."
    ),
    "unknown_delivery": Listed(
        (404,),
        "this webhook has no delivery of that position",
        "`GET /webhooks/{id}/deliveries` lists them.",
    ),
    "delivery_waits": Listed(
        (409,),
        "the delivery has not ended, so it is on its way already",
        "Wait until it was delivered or given up.",
    ),
    "unknown_template": Listed(
        (404,), "nobody is told of such events", "`GET /templates` lists the types."
    ),
    "endpoint_refused": Listed(
        (422,),
        "nothing may be sent to this address",
        "`detail` says why; inside addresses are a setting ([webhooks.md](webhooks.md)).",
    ),
    "too_many_webhooks": Listed((409,), "the agency has as many webhooks as it may", "Remove one."),
    "not_active": Listed(
        (409,), "the webhook is paused or has ended", "Resume it, or make a new one."
    ),
    "webhook_ended": Listed((409,), "the webhook has ended for good", "Make a new one."),
    "wrong_verify_token": Listed(
        (403,),
        "WhatsApp's set-up call has another token than the setting",
        "Enter the same token on both sides ([channels.md](channels.md)).",
    ),
    "wrong_signature": Listed(
        (403,),
        "the call of WhatsApp or of the treasury is not signed with the secret that was agreed",
        "Compare `CASETRACK_WHATSAPP_APP_SECRET` with the provider's page; the treasury's is made anew "
        "by `casetrack payments`.",
    ),
    "too_early": Listed(
        (503,),
        "the message that WhatsApp reports on is still being sent",
        "Nothing to do: WhatsApp reports again.",
    ),
}

#: What is ours.
_OURS: Mapping[str, Listed] = {
    "database_unavailable": Listed(
        (503,), "the database does not answer; nothing was lost", "Ask again after `Retry-After`."
    ),
    "not_ready": Listed(
        (503,),
        "`/readyz`: the database's schema and the code do not fit",
        "`casetrack db check` says what is missing.",
    ),
    "internal_error": Listed(
        (500,), "a fault of casetrack", "The log line of the same trace has the error; report it."
    ),
}

_AUTHORITY: Mapping[str, Listed] = {
    "position_not_held": Listed(
        (403,),
        "the officer does not hold the position that `as_position` names",
        "`positions` names those that the officer holds.",
    ),
    **{
        code: Listed((403,), f"{meaning} ({article})", CURES[code])
        for code, (meaning, article) in REFUSAL_CODES.items()
    },
}

#: Heading on the page → its codes.
GROUPS: Mapping[str, Mapping[str, Listed]] = {
    "Before the door": AT_THE_SERVER,
    "At the door": _AT_THE_DOOR,
    "Versions and repeats": _VERSIONS,
    "Cases and what they contain": _CASES,
    "What the status does not allow": _STATUS,
    "Documents": DOCUMENTS,
    "Products": PRODUCTS,
    "Bills and payments": MONEY,
    "Links and search": SEARCH,
    "Reports": REPORTS,
    "Complaints": COMPLAINTS,
    "Corrections": CORRECTIONS,
    "Silence": SILENCE,
    "Papers of a time without the system": LATE,
    "Bad days": BAD_DAYS,
    "Signing in to pages": SIGN_IN,
    "People of a case": PARTIES,
    "Erasing": ERASING,
    "Reading a person in full": UNMASKING,
    "The register": REGISTER,
    "What the register does not give": _AUTHORITY,
    "Webhooks, deliveries and texts": _DELIVERY,
    "Faults of ours": _OURS,
}
