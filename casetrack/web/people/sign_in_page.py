"""/masuk: an officer signs in, sets a password with a link, shows once more who they are; /keluar."""

from collections.abc import Mapping

from flask import Flask, request
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.errors import Busy, Invalid, Refusal, Unauthenticated
from casetrack.domain.people.passwords import SHORTEST
from casetrack.gateways.data_folder import demo_tokens
from casetrack.usecases.people import passwords, sessions, sign_in
from casetrack.usecases.people.sessions import SignedIn
from casetrack.web.pages.citizen_pages import render
from casetrack.web.pages.work_words import ROLE_NAMES
from casetrack.web.people import page_sessions
from casetrack.web.people.page_sessions import (
    guarded,
    keep,
    officer_page,
    place,
    refusal_words,
    see_other,
    signed,
    tongue,
    with_refusal,
)

#: Where who is signed in begins.
WORK = "/kerja"
#: Where somebody goes on who was asked once more: nowhere else, whatever an address says.
_ONWARD = (WORK, "/akun", "/kelola/petugas")
#: Of what is typed as a login and looked for.
_LONGEST_LOGIN = 64


def add_sign_in(flask: Flask, app: App) -> None:
    """`/masuk`, `/masuk/undangan/{secret}`, `/masuk/lagi` and `/keluar`."""
    flask.add_url_rule(
        "/masuk", endpoint="sign_in", view_func=guarded(app, _sign_in), methods=["GET", "POST"]
    )
    flask.add_url_rule(
        "/masuk/undangan/<secret>",
        endpoint="invitation",
        view_func=guarded(app, _invitation),
        methods=["GET", "POST"],
    )
    flask.add_url_rule(
        "/masuk/lagi", endpoint="step_up", view_func=signed(app, _step_up), methods=["GET", "POST"]
    )
    flask.add_url_rule(
        "/keluar", endpoint="sign_out", view_func=guarded(app, _sign_out), methods=["POST"]
    )


def _sign_in(app: App) -> AnyResponse:
    if request.method == "GET":
        if page_sessions.current(app) is not None:
            return see_other(WORK)
        return officer_page(_form(app))
    login = request.form.get("login", "").strip()[:_LONGEST_LOGIN].replace("\0", "\ufffd")
    try:
        made = _signed_in(app, login)
    except (Unauthenticated, Busy) as error:
        return with_refusal(error, _form(app, login=login, error=error))
    _end_former(app)
    return keep(see_other(WORK), made)


def _signed_in(app: App, login: str) -> str:
    """What the cookie holds. Raises Unauthenticated, Busy."""
    token, demo = request.form.get("token", ""), _demo(app)
    if token and demo:
        return sign_in.sign_in_to_demo(app.ctx, login, token, demo, place())
    return sign_in.sign_in(app.ctx, login, request.form.get("password", ""), place())


def _end_former(app: App) -> None:
    """Who signs in again leaves no session behind in this browser."""
    former = page_sessions.current(app)
    if former is not None:
        sessions.end_session(app.ctx, former.actor, former.session)


def _demo(app: App) -> Mapping[str, str]:
    """The demo's tokens by login: only on this machine, and only where the demo was loaded."""
    return demo_tokens(app.settings.data_dir) if page_sessions.is_loopback() else {}


def _form(app: App, *, login: str = "", error: Refusal | None = None) -> str:
    spoken = tongue()
    people = sign_in.demo_people(app.ctx, demo) if (demo := _demo(app)) else {}
    chosen = request.args.get("wilayah", "")
    return render(
        "sign_in.html",
        spoken,
        login=login,
        problem=refusal_words(error, spoken.language) if error else None,
        regions={code: some[0].region_name for code, some in people.items()},
        chosen=chosen if chosen in people else next(iter(people), ""),
        role_names=ROLE_NAMES,
        people=people.get(chosen) or next(iter(people.values()), []),
    )


def _invitation(app: App, secret: str) -> AnyResponse:
    spoken, problem = tongue(), None
    found = passwords.invited(app.ctx, secret)
    if request.method == "POST":
        password = request.form.get("password", "")
        try:
            _check_twice(password)
            made = passwords.set_password(app.ctx, secret, password, place())
        except (Invalid, Busy) as error:
            problem = error
        else:
            _end_former(app)
            return keep(see_other(WORK), made)
    page = render(
        "invitation.html",
        spoken,
        login=found.login,
        secret=secret,
        shortest=SHORTEST,
        problem=refusal_words(problem, spoken.language) if problem else None,
    )
    return with_refusal(problem, page) if problem else officer_page(page)


def _check_twice(password: str) -> None:
    """Raises Invalid: what nobody sees is typed twice."""
    if request.form.get("again", "") != password:
        raise Invalid("passwords_differ", "The two passwords are not the same; type both again.")


def _step_up(app: App, who: SignedIn) -> AnyResponse:
    spoken, problem = tongue(), None
    asked = request.values.get("ke", "")
    onward = asked if asked in _ONWARD else WORK
    if request.method == "POST":
        try:
            made = passwords.step_up(app.ctx, who, request.form.get("password", ""), place())
        except (Unauthenticated, Busy) as error:
            problem = error
        else:
            return keep(see_other(onward), made)
    page = render(
        "step_up.html",
        spoken,
        login=who.actor.id,
        onward=onward,
        has_password=passwords.has_password(app.ctx, who.actor),
        problem=refusal_words(problem, spoken.language) if problem else None,
    )
    return with_refusal(problem, page) if problem else officer_page(page)


def _sign_out(app: App) -> AnyResponse:
    _end_former(app)
    return page_sessions.drop(see_other("/masuk"))
