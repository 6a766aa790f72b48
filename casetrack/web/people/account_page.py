"""/akun: an officer sees and ends their sessions, and changes their password."""

from flask import Flask, request
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.errors import Busy, Invalid, Refusal, Unauthenticated
from casetrack.domain.people.passwords import SHORTEST
from casetrack.usecases.people import passwords, sessions
from casetrack.usecases.people.sessions import SignedIn
from casetrack.web.pages.citizen_pages import render
from casetrack.web.people.page_sessions import (
    drop,
    keep,
    officer_page,
    place,
    refusal_words,
    see_other,
    signed,
    tongue,
    with_refusal,
)


def add_account_page(flask: Flask, app: App) -> None:
    """`/akun`, `/akun/sandi` and `/akun/sesi`."""
    flask.add_url_rule("/akun", endpoint="account", view_func=signed(app, _shown))
    flask.add_url_rule(
        "/akun/sandi", endpoint="password", view_func=signed(app, _change), methods=["POST"]
    )
    flask.add_url_rule(
        "/akun/sesi", endpoint="sessions", view_func=signed(app, _end), methods=["POST"]
    )


def _shown(app: App, who: SignedIn) -> AnyResponse:
    return officer_page(_page(app, who))


def _page(app: App, who: SignedIn, error: Refusal | None = None) -> str:
    spoken = tongue(app.ctx.region(who.actor.region)[0].region.zone)
    return render(
        "account.html",
        spoken,
        login=who.actor.id,
        sessions=sessions.own_sessions(app.ctx, who),
        has_password=passwords.has_password(app.ctx, who.actor),
        shortest=SHORTEST,
        problem=refusal_words(error, spoken.language) if error else None,
    )


def _change(app: App, who: SignedIn) -> AnyResponse:
    form = request.form
    try:
        if form.get("again", "") != form.get("password", ""):
            raise Invalid(
                "passwords_differ", "The two passwords are not the same; type both again."
            )
        made = passwords.change_password(
            app.ctx, who, form.get("old", ""), form.get("password", ""), place()
        )
    except (Invalid, Unauthenticated, Busy) as error:
        return with_refusal(error, _page(app, who, error))
    return keep(see_other("/akun"), made)


def _end(app: App, who: SignedIn) -> AnyResponse:
    session = request.form.get("session", "")[:64].replace("\0", "\ufffd")
    if session == "lain":
        sessions.end_others(app.ctx, who)
        return see_other("/akun")
    sessions.end_session(app.ctx, who.actor, session)
    return drop(see_other("/masuk")) if session == who.session else see_other("/akun")
