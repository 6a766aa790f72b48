"""Every operation of the API, in one list."""

from casetrack.web.authority import directory, entries, pictures, questions
from casetrack.web.case import (
    authority_actions,
    bills,
    clock_answer,
    complaints,
    documents,
    erasures,
    fact_corrections,
    inspections,
    lists,
    number_blocks,
    outages,
    party_acts,
    payments,
    products,
    reports,
    sent_files,
    silence,
    surveys,
    unmasking,
    verification,
    visits,
)
from casetrack.web.case import handlers as cases
from casetrack.web.delivery import case_messages, feed, subscriptions, template_list, untold
from casetrack.web.http.call import Route
from casetrack.web.people import administration, officer_profiles, readings, sign_ins
from casetrack.web.service import handlers as services
from casetrack.web.service import number_patterns

ROUTES: tuple[Route, ...] = (
    *services.ROUTES,
    *number_patterns.ROUTES,
    *cases.ROUTES,
    *visits.ROUTES,
    *clock_answer.ROUTES,
    *documents.ROUTES,
    *lists.ROUTES,
    *readings.ROUTES,
    *unmasking.ROUTES,
    *fact_corrections.ROUTES,
    *authority_actions.ROUTES,
    *party_acts.ROUTES,
    *products.ROUTES,
    *verification.ROUTES,
    *silence.ROUTES,
    *outages.ROUTES,
    *number_blocks.ROUTES,
    *bills.ROUTES,
    *payments.ROUTES,
    *reports.ROUTES,
    *inspections.ROUTES,
    *sent_files.ROUTES,
    *surveys.ROUTES,
    *complaints.ROUTES,
    *erasures.ROUTES,
    *directory.ROUTES,
    *entries.ROUTES,
    *questions.ROUTES,
    *pictures.ROUTES,
    *untold.ROUTES,
    *case_messages.ROUTES,
    *feed.ROUTES,
    *subscriptions.ROUTES,
    *template_list.ROUTES,
    *administration.ROUTES,
    *officer_profiles.ROUTES,
    *sign_ins.ROUTES,
)
