"""What every page of an officer asks first: is the way safe, is the form ours, who is it.

The cookie is bound to https and to this host by its name. On the machine itself, over http, it has
another name and no Secure: browsers would not keep it else.
"""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from casetrack.bootstrap import App
from casetrack.domain.errors import Busy, Forbidden, Refusal
from casetrack.domain.people.sign_ins import Place, agent_words
from casetrack.gateways.dates import known_language
from casetrack.storage.unit_of_work import DatabaseDown
from casetrack.usecases.people import sessions
from casetrack.usecases.people.sessions import SignedIn
from casetrack.web.http.detail_words import in_indonesian
from casetrack.web.http.html import as_page
from casetrack.web.http.problem_words import said
from casetrack.web.http.problems import RETRY_AFTER, of_refusal
from casetrack.web.pages.citizen_pages import Tongue, render

OVER_TLS, ON_LOOPBACK = "__Host-casetrack", "casetrack"
#: What proxies add. Where one of these is there, the request did not begin on this machine.
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via")

#: What shows a page of somebody who is signed in.
Show = Callable[..., AnyResponse]


def tongue(zone: str = "UTC") -> Tongue:
    """The language that the address names."""
    return Tongue(known_language(request.args.get("lang")), zone)


def officer_page(html: str, status: int = 200) -> Response:
    """A page for officers: kept by nobody, and known to no other site."""
    answer = as_page(html, status)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    # With no-referrer browsers would send `Origin: null` with our own forms.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def see_other(path: str, **more: str) -> AnyResponse:
    """On to another page, in the same language; no form is sent twice by going back."""
    answer = redirect(f"{path}?{urlencode({'lang': tongue().language, **more})}", 303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def place() -> Place:
    """From where the request comes."""
    return Place((request.remote_addr or "")[:64], agent_words(request.user_agent.string))


def is_loopback() -> bool:
    """Whether the request began on this machine: by its address, by the host it names, by no proxy."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return False
    return _is_local(request.remote_addr or "") and (host == "localhost" or _is_local(host))


def _is_local(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _cookie_name() -> str:
    """Raises Forbidden on a way on which others read along."""
    if request.scheme == "https":
        return OVER_TLS
    if is_loopback():
        return ON_LOOPBACK
    raise Forbidden(
        "insecure_page",
        "Pages of officers are opened over https, or over http on this machine itself.",
    )


def keep(answer: AnyResponse, cookie: str) -> AnyResponse:
    """The answer that puts the session's cookie there; it goes when the browser is closed."""
    name = _cookie_name()
    answer.set_cookie(
        name, cookie, path="/", secure=name == OVER_TLS, httponly=True, samesite="Lax"
    )
    return answer


def drop(answer: AnyResponse) -> AnyResponse:
    """The answer that takes the cookie away."""
    name = _cookie_name()
    answer.delete_cookie(name, path="/", secure=name == OVER_TLS, httponly=True, samesite="Lax")
    return answer


def cookie() -> str:
    """What the session's cookie holds, or nothing. Raises Forbidden."""
    return request.cookies.get(_cookie_name(), "")[:128]


def _check_form(app: App) -> None:
    """Raises Forbidden for a form that no page of ours sent.

    The browser says by itself where a form comes from: Sec-Fetch-Site where the way is trustworthy, else
    Origin. What says neither is no browser that is signed in.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = {f"{request.scheme}://{request.host}", _origin(app.settings.public_url)}
    if site == "same-origin" if site is not None else origin in own:
        return
    raise Forbidden(
        "foreign_form",
        "This form was not sent by a page of this installation; open the page and send it from there.",
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def guarded(app: App, show: Show) -> Show:
    """A page for officers, open to who is not signed in yet: a safe way, and forms of our own only."""

    def view(**named: str) -> AnyResponse:
        try:
            _cookie_name()
            if request.method == "POST":
                _check_form(app)
            return show(app, **named)
        except Refusal as error:
            return refusal_page(error)
        except DatabaseDown:
            page = render("officer_problem.html", tongue(), problem=None, signed_in=False)
            away = officer_page(page, 503)
            away.headers["Retry-After"] = RETRY_AFTER
            return away

    return view


def signed(app: App, show: Show) -> Show:
    """A page of who is signed in; who is not goes to the page to sign in."""

    def only_signed_in(app: App, **named: str) -> AnyResponse:
        found = current(app)
        if found is None:
            return see_other("/masuk")
        answer = show(app, found, **named)
        answer.call_on_close(lambda: sessions.note_seen(app.ctx, found))
        return answer

    return guarded(app, only_signed_in)


def current(app: App) -> SignedIn | None:
    """Who is signed in. Raises Forbidden."""
    secret = cookie()
    return sessions.signed_in(app.ctx, secret) if secret else None


def refusal_words(error: Refusal, language: str) -> str:
    """What a refusal says, in the language of the page."""
    message = said(error.code)
    if language == "en" or message is None:
        return error.detail
    return in_indonesian(error.detail, message["id"], ())


def with_refusal(error: Refusal, page: str) -> Response:
    """A page that tells a refusal, with its status and how long to wait."""
    answer = officer_page(page, of_refusal(error).status_code)
    if isinstance(error, Busy):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def refusal_page(error: Refusal) -> Response:
    """A page that tells a refusal and nothing else."""
    spoken = tongue()
    words = refusal_words(error, spoken.language)
    return with_refusal(
        error, render("officer_problem.html", spoken, problem=words, signed_in=False)
    )
