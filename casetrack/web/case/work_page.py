"""/kerja: who is signed in, where they sit, and how much waits on each of their lists."""

from flask import Flask
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.access import INVITING_ROLES, OPERATION_ROLES
from casetrack.usecases.authority import directory
from casetrack.usecases.case.work import own_counts
from casetrack.usecases.people.sessions import SignedIn
from casetrack.web.pages.citizen_pages import render
from casetrack.web.pages.work_words import LISTS, ROLE_NAMES
from casetrack.web.people.page_sessions import officer_page, signed, tongue


def add_work_page(flask: Flask, app: App) -> None:
    """`/kerja`."""
    flask.add_url_rule("/kerja", endpoint="work", view_func=signed(app, _shown))


def _shown(app: App, who: SignedIn) -> AnyResponse:
    actor, record = who.actor, app.ctx.region(who.actor.region)[0]
    works = actor.has_role(OPERATION_ROLES["read_worklist"])
    counts = own_counts(app.ctx, actor) if works else None
    lists = [
        (words, counts.rows[name], name in counts.at_least)
        for name, words in LISTS.items()
        if counts is not None and counts.rows[name]
    ]
    agency = record.agencies.get(actor.agency or "")
    page = render(
        "work.html",
        tongue(record.region.zone),
        login=actor.id,
        region=record.region.name,
        agency=agency.name if agency else None,
        roles=[ROLE_NAMES[role] for role in actor.roles],
        seats=directory.own_seats(app.ctx, actor),
        works=works,
        invites=actor.has_role(INVITING_ROLES),
        takes_in=actor.has_role(OPERATION_ROLES["open_case"]),
        lists=lists,
    )
    return officer_page(page)
