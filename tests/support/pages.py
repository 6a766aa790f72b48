"""A browser of the tests: it keeps its cookies and says by itself from where its forms come."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from casetrack.domain.people.sign_ins import Place
from casetrack.usecases.people import passwords
from tests.support.world import World

PASSWORD = "kucing hujan lembah"
OTHER = "gelas biru tiga burung"
SENT_BY = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
_NOWHERE = Place("192.0.2.99", "")
LOOPBACK, TLS = "http://127.0.0.1:8000", "https://casetrack.example"


class Browser:
    """One person's browser, on this machine, or behind a proxy that speaks https."""

    def __init__(
        self,
        flask: Flask,
        base: str = LOOPBACK,
        *,
        address: str = "127.0.0.1",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base, self.address = base, address
        self.headers = {"User-Agent": SENT_BY, **(headers or {})}
        self._client = flask.test_client()

    def open(self, method: str, path: str, **more: Any) -> TestResponse:
        """A request as it is told, with the cookies that are there."""
        headers = {**self.headers, **more.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return self._client.open(
            path,
            method=method,
            base_url=self.base,
            headers=headers,
            environ_base={"REMOTE_ADDR": self.address},
            buffered=True,
            **more,
        )

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET, as who types an address."""
        return self.open("GET", path, **more)

    def send(self, path: str, **form: str) -> TestResponse:
        """A form of our own page."""
        return self.open("POST", path, data=form, headers={"Sec-Fetch-Site": "same-origin"})

    def follow(self, answer: TestResponse) -> TestResponse:
        """Where an answer leads."""
        assert answer.status_code == 303, answer.text
        parts = urlsplit(answer.headers["Location"])
        return self.get(f"{parts.path}?{parts.query}")

    def cookie(self, name: str) -> str | None:
        """What a cookie holds."""
        found = self._client.get_cookie(name, domain=urlsplit(self.base).hostname or "")
        return found.value if found else None

    def put_cookie(self, name: str, value: str) -> None:
        """A cookie from elsewhere."""
        self._client.set_cookie(name, value, domain=urlsplit(self.base).hostname or "")


def with_password(world: World, name: str, password: str = PASSWORD) -> str:
    """One of the cast has a password; gives their login."""
    login = name if "." in name else f"smr.{name}"
    secret = passwords.invite(world.ctx, login, by="test")
    passwords.set_password(world.ctx, secret, password, _NOWHERE)
    return login


def session_ids(page: str) -> list[str]:
    """The sessions that the page of an account shows."""
    return re.findall(r'name="session" value="([0-9a-f]+)"', page)
