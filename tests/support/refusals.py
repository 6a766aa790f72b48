"""Requests that are wrong in several ways at once, and which of the refusals must be heard.

A door is an operation with a request that could be granted; a fault changes one thing of it so that it
is refused. Two faults that change different things are put into one request.
"""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, count
from typing import Any
from urllib.parse import quote, urlencode

from casetrack.usecases import idempotency
from casetrack.usecases.context import Answer
from casetrack.usecases.people import tokens
from casetrack.web.http.call import Route
from casetrack.web.routes import ROUTES
from tests.support import answers
from tests.support.web import Web

#: The order of refusals of docs/api.md, as fine as a request shows it. `form` is what can be judged
#: without reading what the body says; `said`, what a role may not do of the many things at a door;
#: `content`, what cannot be taken of what was said; `named`, what a body or a query names and is not
#: there.
ORDER = (
    "401", "404", "403", "form", "said", "content", "named", "key", "428", "412", "409", "authority",
)  # fmt: skip

Heard = tuple[int, str]
ROUTE: Mapping[str, Route] = {route.operation: route for route in ROUTES}
#: What there is in no world of the tests, by the name of the path's place.
ABSENT = {
    "number": "SMR-REK-2026-999999-5",
    "step": "no_such_step",
    "webhook": "wh_000000000000",
    "position": "999999",
    "kind": "nothing",
    "entry": "nothing",
    "service": "tidak-ada",
    "type": "case.nothing",
    "version": "999999",
    "product": "SMR-0000-0000-0000",
    "subject": "0" * 32,
    "document": "doc-99",
    "bill": "bill-9",
    "file": "0" * 64,
    "outage": "none",
    "block": "none",
    "measure": "gossip",
    "complaint": "SMR-ADU-2026-999999-5",
}
UNKNOWN = {
    "number": "unknown_case",
    "step": "unknown_step",
    "webhook": "unknown_webhook",
    "position": "unknown_delivery",
    "entry": "unknown_entry",
    "product": "unknown_product",
    "service": "unknown_service",
    "type": "unknown_template",
    "subject": "unknown_subject",
    "document": "unknown_file",
    "bill": "unknown_bill",
    "file": "unknown_payment_file",
    "outage": "unknown_outage",
    "block": "unknown_block",
    "measure": "unknown_measure",
    "complaint": "unknown_complaint",
}
#: Values that no query takes, by the name of the parameter.
BAD = {
    "due_before": "x",
    "limit": "x",
    "lang": "de",
    "at": "yesterday",
    "from": "yesterday",
    "channel": "pigeon",
    "sha256": "x",
    "t": "x" * 65,
    "code": "x" * 65,
    "account": "No Identifier",
}
#: Who has a role that the operation does not name, and yet sees what the path names.
OTHERS = {"mesin": "integrator", "audit": "auditor", "hadi": "officer", "tata": "admin"}
REPLAYED = "the stored answer"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where it stands in the order, what is heard, and what it changes."""

    place: str
    heard: Heard
    changes: Mapping[str, Any]
    #: Heard before it all the same, against the order.
    gives_way_to: str | None = None

    def clashes(self, other: "Fault") -> bool:
        """Whether one request cannot have both."""
        mine, its = set(self.changes), set(other.changes)
        bodies = {*_bodies(mine), *_bodies(its)}
        whole = "body" in bodies and bool(_bodies(mine)) and bool(_bodies(its))
        return whole or bool(mine & its)

    def __str__(self) -> str:
        changed = ", ".join(f"{name}={value}"[:60] for name, value in self.changes.items())
        return f"{self.heard[1]} ({changed})"


def _bodies(changed: set[str]) -> set[str]:
    return {name for name in changed if name == "body" or name.startswith("body.")}


@dataclass(frozen=True)
class Door:
    """An operation, as somebody who may would knock."""

    operation: str
    who: str | None
    path: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    etag: bool = False
    faults: tuple[Fault, ...] = ()
    #: A further action of an operation: what is wrong with any of them was tried with the first.
    further: bool = False

    @property
    def route(self) -> Route:
        """The operation's route."""
        return ROUTE[self.operation]

    @property
    def action(self) -> str | None:
        """Which of the operation's actions it is."""
        return (self.body or {}).get("action")

    def __str__(self) -> str:
        return ".".join(filter(None, (self.operation, self.action)))

    def pairs(self) -> Iterator[tuple[Fault, ...]]:
        """Each fault alone, then two at a time, the earlier first."""
        general = list(_general(self))
        faults = [*general, *self.faults]
        yield from ((fault,) for fault in faults)
        for pair in combinations(faults, 2):
            if self.further and pair[0] in general and pair[1] in general:
                continue
            first, second = sorted(pair, key=lambda fault: ORDER.index(fault.place))
            if first.place != second.place and not first.clashes(second):
                gives_way = first.gives_way_to == second.heard[1]
                yield (second, first) if gives_way else (first, second)


def _general(door: Door) -> Iterator[Fault]:
    yield from _of_the_path(door.route)
    if door.route.roles:
        yield from _of_the_caller(door.route)
    yield from _of_the_content(door.route)
    yield from _of_the_headers(door)


def _of_the_path(route: Route) -> Iterator[Fault]:
    for name in (name for name in ABSENT if f"{{{name}}}" in route.path):
        for absent in (ABSENT[name], *(("two",) if name in ("position", "version") else ())):
            yield Fault("404", (404, _unknown(route, name, absent)), {f"path.{name}": absent})


def _of_the_caller(route: Route) -> Iterator[Fault]:
    yield Fault("401", (401, "unauthenticated"), {"token": None})
    if "{number}" in route.path:
        yield Fault("404", (404, "unknown_case"), {"who": "tono"})
        yield Fault("404", (404, "unknown_case"), {"who": "sby.audit"})
    if "{webhook}" in route.path:
        yield Fault("404", (404, "unknown_webhook"), {"who": "mesin2"})
    if "{complaint}" in route.path:
        # To whom it is not shown it is not there, whatever their role.
        yield Fault("404", (404, "unknown_complaint"), {"who": "mesin"})
        yield Fault("404", (404, "unknown_complaint"), {"who": "rini"})
        if "auditor" not in route.roles:
            yield Fault("403", (403, "role_not_allowed"), {"who": "audit"})
        return
    # A webhook is seen by the officers of its agency only.
    others = [n for n in OTHERS if n != "audit" or "{webhook}" not in route.path]
    for name in [n for n in others if OTHERS[n] not in route.roles][:1]:
        yield Fault("403", (403, "role_not_allowed"), {"who": name})


def _of_the_content(route: Route) -> Iterator[Fault]:
    if route.body is not None:
        yield Fault("form", (422, "malformed_json"), {"body": b"{"})
        yield Fault("form", (415, "not_json"), {"type": "text/plain"})
        yield Fault("form", (422, "invalid_body"), {"body.nonsense": 1})
    yield Fault("form", (422, "invalid_query"), {"query.nonsense": "1"})
    if route.query is not None:
        known = {field.alias or name for name, field in route.query.model_fields.items()}
        bad = next(name for name in BAD if name in known)
        yield Fault("form", (422, "invalid_query"), {f"query.{bad}": BAD[bad]})
        if "known" in known:
            yield Fault("content", (422, "invalid_query"), {"query.known": "yesterday"})


def _of_the_headers(door: Door) -> Iterator[Fault]:
    route = door.route
    if route.writes:
        yield Fault("key", (422, "malformed_idempotency_key"), {"key": "k" * 256})
        yield Fault("key", (422, "idempotency_key_reused"), {"key": "of another body"})
        yield Fault("key", (route.success, REPLAYED), {"key": "of the same body"})
    if route.conditional:
        yield Fault("428", (428, "if_match_missing"), {"etag": None})
    if route.conditional or door.etag:
        yield Fault("428", (428, "malformed_if_match"), {"etag": "*"})
        yield Fault("412", (412, "stale"), {"etag": '"77"'})


def _unknown(route: Route, name: str, absent: str) -> str:
    if name == "kind":
        return "unknown_slip" if "slips" in route.path else "unknown_entry"
    if name == "version":
        kind = "unknown_refusal" if "refusals" in route.path else "unknown_decision"
        return "unknown_version" if absent == "two" else kind
    return UNKNOWN[name]


@dataclass
class Knocker:
    """Knocks at doors of one world.

    `things` are what the doors name by a word in it, such as "@granted"; `etags` are theirs.
    """

    web: Web
    things: Mapping[str, str]
    etags: Mapping[str, str]
    _count: Iterator[int] = field(default_factory=count)

    def knock(self, door: Door, faults: tuple[Fault, ...]) -> Heard:
        """What is heard of a request with these faults."""
        changes = {name: value for fault in faults for name, value in fault.changes.items()}
        path = self._changed(door.path, changes, "path.")
        address = door.route.path.format(**{name: quote(str(path[name])) for name in path})
        data = self._data(door, changes)
        headers = self._headers(door, changes, path)
        if "key" in changes:
            headers["Idempotency-Key"] = self._key(door, changes, headers, address, data)
        if data is not None:
            headers["Content-Type"] = changes.get("type", "application/json")
        response = self.web.flask.test_client().open(
            f"/api/v1{address}?{urlencode(self._changed(door.query, changes, 'query.'))}",
            method=door.route.method,
            data=data,
            headers=headers,
            buffered=True,
        )
        if "Idempotent-Replayed" in response.headers:
            return response.status_code, REPLAYED
        answers.check(answers.of(response))
        return response.status_code, (response.get_json(silent=True) or {}).get("code", "")

    def _data(self, door: Door, changes: Mapping[str, Any]) -> bytes | None:
        if "body" in changes:
            raw: bytes = changes["body"]
            return raw
        if door.body is None:
            return None
        return json.dumps(self._changed(door.body, changes, "body.")).encode()

    def _headers(
        self, door: Door, changes: Mapping[str, Any], path: Mapping[str, Any]
    ) -> dict[str, str]:
        headers = {}
        who = changes.get("who", door.who)
        if who is not None and "token" not in changes:
            headers["Authorization"] = f"Bearer {self.web.world.token(who)}"
        seen = next((self.etags[path[n]] for n in path if path[n] in self.etags), '"1"')
        etag = changes.get("etag", seen if door.route.conditional else None)
        if etag is not None:
            headers["If-Match"] = etag
        return headers

    def _key(
        self,
        door: Door,
        changes: Mapping[str, Any],
        headers: Mapping[str, str],
        address: str,
        data: bytes | None,
    ) -> str:
        """A key; an answer is stored under it, as if the caller had knocked here before."""
        key: str = changes["key"]
        if len(key) > 255 or "Authorization" not in headers:
            return key
        key = f"{key} {next(self._count)}"
        world = self.web.world
        known = tokens.authenticate(world.ctx, headers["Authorization"].removeprefix("Bearer "))
        assert known is not None
        same = "same" in key
        meant = _of_file(data or b"") if same and door.operation == "load_payments" else data or b""
        digest = hashlib.sha256(meant).hexdigest() if same else "0" * 64
        if same and door.operation == "enter_survey":
            digest = world.ctx.vault.keyed_digest(f"survey:{digest}")
        request = idempotency.Request(
            known.actor.region, known.token_id, door.route.method, f"/api/v1{address}", key, digest
        )
        with world.database.write() as uow:
            answer = Answer({"id": "kept", "number": "kept"}, '"1"')
            idempotency.remember(world.ctx, uow, request, answer)
        return key

    def _changed(
        self, said: Mapping[str, Any], changes: Mapping[str, Any], prefix: str
    ) -> dict[str, Any]:
        new = {n.removeprefix(prefix): v for n, v in changes.items() if n.startswith(prefix)}
        return {n: self._named(v) for n, v in {**said, **new}.items()}

    def _named(self, value: Any) -> Any:
        """A value with the things that it names, however deep."""
        if isinstance(value, list):
            return [self._named(each) for each in value]
        if isinstance(value, dict):
            return {name: self._named(each) for name, each in value.items()}
        return self.things.get(str(value), value)


def _of_file(data: bytes) -> bytes:
    """What makes two bank's files one request: the account and the file, in whatever form they came."""
    try:
        said = json.loads(data)
    except ValueError:
        return data
    return json.dumps(
        [said["account"], hashlib.sha256(b64decode(said["file"])).hexdigest()]
    ).encode()
