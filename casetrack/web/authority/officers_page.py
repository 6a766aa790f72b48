"""/kelola/petugas: an administrator makes links with which officers of the region set a password."""

from flask import Flask, request
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.access import INVITING_ROLES, require_role
from casetrack.usecases.authority import directory
from casetrack.usecases.people import passwords
from casetrack.usecases.people.sessions import SignedIn
from casetrack.web.pages.citizen_pages import render
from casetrack.web.pages.work_words import ROLE_NAMES
from casetrack.web.people.page_sessions import officer_page, see_other, signed, tongue

PATH = "/kelola/petugas"
_PAGE = 50
_LONGEST = 64


def add_officers_page(flask: Flask, app: App) -> None:
    """`/kelola/petugas`."""
    flask.add_url_rule(
        PATH, endpoint="officers", view_func=signed(app, _shown), methods=["GET", "POST"]
    )


def _shown(app: App, who: SignedIn) -> AnyResponse:
    require_role(who.actor, INVITING_ROLES)
    invited, link = "", ""
    if request.method == "POST":
        if not who.fresh:
            return see_other("/masuk/lagi", ke=PATH)
        invited = request.form.get("login", "")[:_LONGEST].replace("\0", "\ufffd")
        secret = passwords.invite_by_administrator(app.ctx, who, invited)
        link = f"{app.settings.public_url}/masuk/undangan/{secret}"
    after = request.args.get("setelah", "")[:_LONGEST].replace("\0", "\ufffd")
    page = directory.officers_seen(app.ctx, who.actor, after=after, limit=_PAGE)
    agencies = app.ctx.region(who.actor.region)[0].agencies
    html = render(
        "officers.html",
        tongue(),
        officers=page.items,
        agencies={agency.id: agency.name for agency in agencies.values()},
        role_names=ROLE_NAMES,
        following=page.next_key[0] if page.next_key else "",
        invited=invited,
        link=link,
    )
    return officer_page(html)
