"""The cast on the telephone: each of them calls the HTTP API with a token of their own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from threading import Barrier, Thread
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from casetrack.domain.delivery.receivers import told
from casetrack.operations.attempts import Attempts
from casetrack.operations.metrics import Metrics
from casetrack.operations.spans import Spans
from casetrack.storage.case import case_events
from casetrack.usecases.delivery import relay
from casetrack.web.app import create_app
from casetrack.web.http.rates import Rates
from tests.support import answers, postgres
from tests.support.lanes import work
from tests.support.world import SAMARINDA, World

APPLICANT: dict[str, Any] = {
    "kind": "person",
    "name": "Budi Santoso",
    "nik": "6472010101900001",
    "email": "budi@example.id",
    "phone": "+62 812 0000 0001",
    "language": "id",
}
LETTER: dict[str, Any] = {
    "service": "surat-keterangan",
    "applicant": APPLICANT,
    "documents": [{"requirement": "ktp"}],
}
BILLBOARD: dict[str, Any] = {
    "service": "izin-reklame",
    "facts": {"width_cm": 400, "location": "64.72.03"},
    "applicant": APPLICANT,
    "representative": None,
    "documents": [
        {"requirement": "ktp", "name": "ktp.pdf", "sha256": None},
        {"requirement": "foto"},
    ],
}


class Web:
    """HTTP for the cast. Paths are behind /api/v1 unless they begin with //.

    Every answer is held against its route, so that each test that calls one checks it.
    """

    def __init__(
        self, world: World, spans: Spans | None = None, rates: Rates | None = None
    ) -> None:
        self.world = world
        self.metrics, self.spans = Metrics(), spans or Spans()
        self.flask = create_app(world.app, self.metrics, self.spans, rates)

    def call(
        self,
        method: str,
        path: str,
        who: str | None = None,
        body: Any = None,
        *,
        etag: str | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> TestResponse:
        """One request; `raw` is sent as JSON without being it, `form` as a form with files."""
        sent = dict(headers or {})
        if who is not None:
            sent.setdefault("Authorization", f"Bearer {self.world.token(who)}")
        if etag is not None:
            sent["If-Match"] = etag
        if key is not None:
            sent["Idempotency-Key"] = key
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if form is not None:
            boundary, data = encode_multipart(form)
            sent["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        address = path[1:] if path.startswith("//") else f"/api/v1{path}"
        response = self.flask.test_client().open(
            address, method=method, data=data, headers=sent, buffered=True
        )
        answers.check(answers.of(response))
        return response

    def get(self, path: str, who: str | None = None, **more: Any) -> TestResponse:
        """GET."""
        return self.call("GET", path, who, **more)

    def post(
        self, path: str, who: str | None = None, body: Any = None, **more: Any
    ) -> TestResponse:
        """POST."""
        return self.call("POST", path, who, body, **more)

    def bring(
        self,
        number: str,
        content: bytes,
        who: str = "dewi",
        *,
        requirement: str = "foto",
        name: str = "foto.pdf",
        fields: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        """Somebody brings a paper with its file, having seen the case as it is now."""
        etag = more.pop("etag", None) or self.etag(number)
        form = {
            "requirement": requirement,
            **(fields or {}),
            "file": FileStorage(BytesIO(content), name),
        }
        return self.post(f"/cases/{number}/documents", who, etag=etag, form=form, **more)

    def open(self, body: Any = None, who: str = "dewi", **more: Any) -> dict[str, Any]:
        """Take in a file; gives the case."""
        response = self.post("/cases", who, body or LETTER, **more)
        assert response.status_code == 201, response.text
        case: dict[str, Any] = response.get_json()
        return case

    def etag(self, number: str, who: str = "audit") -> str:
        """The case's ETag now."""
        return str(self.get(f"/cases/{number}", who).headers["ETag"])

    def step(self, number: str, step: str, who: str = "audit") -> dict[str, Any]:
        """One step now."""
        case = self.get(f"/cases/{number}", who).get_json()
        found: dict[str, Any] = next(s for s in case["steps"] if s["id"] == step)
        return found

    def act(
        self, number: str, who: str, action: str, step: str | None = None, **more: Any
    ) -> TestResponse:
        """Somebody does something, having seen the case as it is now."""
        options = {name: more.pop(name) for name in ("etag", "key") if name in more}
        if "etag" not in options:
            options["etag"] = self.etag(number)
        path = f"/cases/{number}/steps/{step}/actions" if step else f"/cases/{number}/actions"
        return self.post(path, who, {"action": action, **more}, **options)

    def play(self, number: str, script: str) -> None:
        """Several acts, one a line, as World.play."""
        for line in script.strip().splitlines():
            who, action, *rest = line.split()
            more = {"result": rest[1]} if len(rest) > 1 else {}
            response = self.act(number, who, action, rest[0] if rest else None, **more)
            assert response.status_code == 200, (line, response.text)

    def begun(self, *who: str) -> int:
        """The position at which Samarinda's ledger ends once these have tokens and all is numbered.

        What comes behind it is the test's own: loads and tokens leave their trace in the ledger too.
        """
        for name in who:
            self.world.token(name)
        self.relay()
        with self.world.database.read() as connection:
            return case_events.last_position(connection, SAMARINDA)

    def relay(self) -> list[tuple[str, str]]:
        """Sequence everything; gives the queues that were rung for."""
        rung: list[tuple[str, str]] = []
        relay.drain(self.world.ctx, told, rung.extend)
        return rung

    def deliver(self) -> None:
        """Sequence and attempt everything."""
        self.attempt(self.relay())

    def attempt(self, rung: Iterable[tuple[str, str]]) -> None:
        """Work on these queues."""
        work(self.world.ctx, rung, Attempts(self.world.app, self.metrics, self.spans))


def problem(response: TestResponse) -> str:
    """The code of a problem document that keeps RFC 9457 to the letter."""
    assert response.content_type == "application/problem+json", response.text
    document = response.get_json()
    assert document["status"] == response.status_code
    assert document["type"] == f"urn:casetrack:problem:{document['code']}"
    assert document["title"]
    assert document["detail"]
    return str(document["code"])


def refused(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, problem(response)


def at_once(count: int, do: Any) -> list[Any]:
    """`do(place)` in so many threads that all begin together; an exception counts as its result."""
    barrier = Barrier(count)
    results: list[Any] = [None] * count

    def run(place: int) -> None:
        barrier.wait(30)
        try:
            results[place] = do(place)
        except Exception as error:
            results[place] = error

    threads = [Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


#: For a fixture of a whole module: tests that leave nothing behind may share a world.
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@contextmanager
def shared_world(
    request: pytest.FixtureRequest,
    folders: pytest.TempPathFactory,
    regions: Any = None,
    **settings: str,
) -> Iterator[World]:
    """A world on the database that the fixture's parameter names."""
    folder = folders.mktemp("world")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'casetrack.sqlite'}"
        world = World.make(url, folder, regions_=regions, **settings)
        yield world
        world.close()
        return
    with postgres.copy_of(request.getfixturevalue("postgres_template")) as url:
        world = World.make(url, folder, regions_=regions, **settings)
        yield world
        world.close()
