"""Every table. The region leads every key, so that the tables can be partitioned by it.

Rows of `events`, `ledger` and `service_versions` are written once: triggers in the migrations refuse
anything else. Everything in `cases`, `steps`, `deadlines` and `imported_cases` can be made anew from
the events.
"""

from casetrack.storage.schema.answers_and_keys import fingerprints, idempotency
from casetrack.storage.schema.authority import (
    decision_links,
    decisions,
    register_entries,
    register_keys,
    reviews,
)
from casetrack.storage.schema.bad_days import (
    number_blocks,
    outage_cases,
    outages,
    reserved_numbers,
)
from casetrack.storage.schema.case import (
    OPEN_STEP_SQL,
    OPEN_STEPS,
    case_agencies,
    case_links,
    cases,
    counters,
    deadlines,
    guesses,
    product_counters,
    products,
    stalled_steps,
    steps,
)
from casetrack.storage.schema.complaints import complaint_texts, complaints
from casetrack.storage.schema.delivery import (
    PENDING,
    TO_PEOPLE_SQL,
    UNTOLD,
    deliveries,
    in_person,
    joined,
    lanes,
    resends,
    subscriptions,
)
from casetrack.storage.schema.figures import (
    counted_cases,
    figure_marks,
    figures,
    survey_sums,
    survey_used,
)
from casetrack.storage.schema.files import files, leaving_files, signings
from casetrack.storage.schema.ledger import (
    APPEND_ONLY,
    events,
    is_one_of,
    its_event,
    ledger,
    ledger_agencies,
    ledger_heads,
    queue,
)
from casetrack.storage.schema.logs import imported_cases
from casetrack.storage.schema.metadata import Instant, metadata
from casetrack.storage.schema.money import bills, payment_files, payments, treasury_keys
from casetrack.storage.schema.people import (
    officer_addresses,
    officer_profiles,
    officer_reminders,
    officers,
    parties,
    search_words,
    subjects,
    texts,
    tokens,
)
from casetrack.storage.schema.readings import reading_cases, readings
from casetrack.storage.schema.region import (
    agencies,
    calendars,
    decreed_days,
    loads,
    message_texts,
    positions,
    regions,
)
from casetrack.storage.schema.service import service_versions, services
from casetrack.storage.schema.sign_in import invitations, passwords, sessions, sign_ins

__all__ = [
    "APPEND_ONLY",
    "OPEN_STEPS",
    "OPEN_STEP_SQL",
    "PENDING",
    "TO_PEOPLE_SQL",
    "UNTOLD",
    "Instant",
    "agencies",
    "bills",
    "calendars",
    "case_agencies",
    "case_links",
    "cases",
    "complaint_texts",
    "complaints",
    "counted_cases",
    "counters",
    "deadlines",
    "decision_links",
    "decisions",
    "decreed_days",
    "deliveries",
    "events",
    "figure_marks",
    "figures",
    "files",
    "fingerprints",
    "guesses",
    "idempotency",
    "imported_cases",
    "in_person",
    "invitations",
    "is_one_of",
    "its_event",
    "joined",
    "lanes",
    "leaving_files",
    "ledger",
    "ledger_agencies",
    "ledger_heads",
    "loads",
    "message_texts",
    "metadata",
    "number_blocks",
    "officer_addresses",
    "officer_profiles",
    "officer_reminders",
    "officers",
    "outage_cases",
    "outages",
    "parties",
    "passwords",
    "payment_files",
    "payments",
    "positions",
    "product_counters",
    "products",
    "queue",
    "reading_cases",
    "readings",
    "regions",
    "register_entries",
    "register_keys",
    "resends",
    "reserved_numbers",
    "reviews",
    "search_words",
    "service_versions",
    "services",
    "sessions",
    "sign_ins",
    "signings",
    "stalled_steps",
    "steps",
    "subjects",
    "subscriptions",
    "survey_sums",
    "survey_used",
    "texts",
    "tokens",
    "treasury_keys",
]
