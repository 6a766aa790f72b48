"""Every operation of the API in one list, and the one way from a request to its handler.

The order of refusals is that of docs/api.md: 429; 401; 404; 403 role; 422; replay; 428; 412; 409; 403.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from flask import Request, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from casetrack.domain.access import OPERATION_ROLES, Actor
from casetrack.domain.case.commands import Seen, find_step
from casetrack.domain.case.permission import check_case_door, check_step_door, seat_lets_in
from casetrack.domain.case.standing import Standing
from casetrack.domain.errors import Invalid, Unauthenticated
from casetrack.domain.events import instant
from casetrack.usecases.authority import seats
from casetrack.usecases.case.views import parse_etag
from casetrack.usecases.case.visible_case import CaseRow, Sight, caller_and_case, sight
from casetrack.usecases.context import Answer, Context
from casetrack.usecases.idempotency import Request as Repeatable
from casetrack.usecases.people import tokens
from casetrack.web.http import fault_words
from casetrack.web.http.long_poll import Waiting
from casetrack.web.http.models import NoQuery
from casetrack.web.http.rates import Rates

Model = TypeVar("Model", bound=BaseModel)
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its place, its words for the OpenAPI document, and its handler."""

    operation: str
    method: str
    path: str
    summary: str
    handler: Callable[["Call"], Response]
    answer: type[BaseModel] | None
    success: int = 200
    body: type[BaseModel] | None = None
    #: The same body as a form with a file.
    form: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    #: Changes something: takes an Idempotency-Key.
    writes: bool = False
    #: Gives one thing with its version: its ETag comes as header. A write's answer has it anyway.
    versioned: bool = False
    #: Changes a version: needs an If-Match.
    conditional: bool = False
    #: Only the front office of the case's service may, whatever is asked.
    front_office: bool = False
    #: What the path names, beside a case and a step: raises NotFound before the role is asked.
    find: Callable[["Call"], object] | None = None
    refusals: tuple[int, ...] = ()
    content: str = "application/json"
    #: Bytes that the body may have, where that is more than of others.
    largest: int | None = None
    #: What it gives instead, where the query asks for that.
    or_contents: tuple[str, ...] = ()
    #: Gives a file of one of these types in place of that.
    files: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The path as it is matched; the number of a product has slashes of its own."""
        rule = self.path.replace("{", "<").replace("}", ">")
        return rule.replace("<id_or_number>", "<path:id_or_number>")

    @property
    def roles(self) -> tuple[str, ...]:
        """Who may; empty is everybody, without a token."""
        return OPERATION_ROLES[self.operation]


@dataclass
class Call:
    """One request on its way through a route."""

    ctx: Context
    route: Route
    request: Request
    params: Mapping[str, str]
    public_url: str
    waiting: Waiting
    rates: Rates
    actor: Actor = field(init=False)
    token: str = field(init=False, default="")
    #: When the token was used, where that is to be written down once the answer is out.
    used_at: datetime | None = field(init=False, default=None)
    #: The case that the path names, read with who calls.
    _row: CaseRow | None = field(init=False, default=None)
    #: What the route's `find` gave.
    found: Any = field(init=False, default=None)
    #: Seconds that a long poll waited because nothing had happened: no work, and not slow.
    waited: float = field(init=False, default=0.0)

    def admit(self) -> None:
        """429, 401, then 404, then 403 by role: what is decided before the content is looked at.

        Then 422 for a query that the operation has not; one that it has is read by its handler.
        """
        if self.route.roles:
            self._let_in()
        if self.route.query is None and self.request.query_string:
            self.query(NoQuery)

    def _let_in(self) -> None:
        # Before anything is read for it: who asks too often costs next to nothing.
        said = self.request.headers.get("Authorization", "").split()
        self.rates.spend(said[-1] if said else "", writes=self.route.writes)
        caller, self._row = authenticate(self.ctx, self.request, self.params.get("number"))
        self.actor, self.token, self.used_at = caller.actor, caller.token_id, caller.used_at
        if "number" in self.params:
            _ = self.sight
        if self.route.find is not None:
            self.found = self.route.find(self)
        step = None
        if "step" in self.params:
            step = find_step(self.sight.definition, self.params["step"])
        operation, roles = self.route.operation, self.route.roles
        if not seat_lets_in(operation, self.actor, roles, self._standing):
            seats.check_door(self.ctx, self.actor, operation)
        if step is not None:
            check_step_door(step, self.actor, self.sight.standing)
        elif self.route.front_office:
            check_case_door(self.sight.definition, self.actor)

    def _standing(self) -> Standing:
        """Where the caller sits, asked of the case where the path names one."""
        if "number" in self.params:
            return self.sight.standing()
        return seats.standing(self.ctx, self.actor)

    @cached_property
    def sight(self) -> Sight:
        """The case that the path names. Raises NotFound."""
        return sight(self.ctx, self.actor, self.params["number"], self._row)

    @cached_property
    def raw_body(self) -> bytes:
        """The body's bytes, at most as many as the server takes."""
        if self.route.largest is not None:
            self.request.max_content_length = self.route.largest
        return self.request.get_data(cache=True)

    def body(self, model: type[Model]) -> Model:
        """The body as its model. Raises Invalid with every fault and its place."""
        if self.request.mimetype != "application/json":
            raise Invalid("not_json", "Send the body as JSON, with Content-Type: application/json.")
        try:
            document = json.loads(
                self.raw_body.decode("utf-8"),
                parse_constant=_refuse_constant,
                object_pairs_hook=_refuse_twins,
            )
            # Bytes of UTF-8 hold no half: it is written out, or there is none.
            halves = list(_halves(document, ())) if b"\\u" in self.raw_body else []
        except (ValueError, RecursionError) as error:
            raise Invalid(
                "malformed_json", f"The body is not JSON that can be taken: {_brief(error)}."
            ) from error
        if halves:
            raise _refusal("invalid_body", halves)
        with _faults_told("invalid_body"):
            # As JSON: there a day and a moment are texts, and a strict model takes them.
            return model.model_validate_json(self.raw_body)

    def fields(self, model: type[Model], given: Mapping[str, Any]) -> Model:
        """What a form said, as its model; what was left empty was not given. Raises Invalid."""
        return read_fields(model, given)

    def query(self, model: type[Model]) -> Model:
        """The query as its model. Raises Invalid, also for a name that is unknown or there twice."""
        twice = [name for name, values in self.request.args.lists() if len(values) > 1]
        if twice:
            told = [{"type": "twice", "loc": (at,), "msg": "It is there twice"} for at in twice]
            raise _refusal("invalid_query", told)
        with _faults_told("invalid_query"):
            return model.model_validate(self.request.args.to_dict())

    def seen(self) -> Seen:
        """What If-Match says. Raises Invalid: it is missing (428) or is not one ETag."""
        header = self.request.headers.get("If-Match")
        if header is None:
            raise Invalid(
                "if_match_missing",
                "Say which version you saw: If-Match with the ETag of the case or of the step.",
            )
        step, version = parse_etag(header)
        return Seen(step=step, step_version=version) if step else Seen(case=version)

    def seen_whole(self) -> int:
        """The version that If-Match names, where there are no steps. Raises Invalid."""
        seen = self.seen()
        if seen.case is None:
            raise Invalid("malformed_if_match", "This has no steps: If-Match takes its own ETag.")
        return seen.case

    def access_code(self) -> str | None:
        """The header as it was typed: servers read headers as Latin-1, programs send UTF-8."""
        text = self.request.headers.get("X-Access-Code")
        if text is None or text.isascii():
            return text
        try:
            return text.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return text

    @cached_property
    def repeatable(self) -> Repeatable | None:
        """The request's Idempotency-Key as it came, with all that makes it the same request."""
        if "Idempotency-Key" not in self.request.headers:
            return None
        return self.repeatable_as(hashlib.sha256(self.raw_body).hexdigest())

    def repeatable_as(self, body_digest: str) -> Repeatable | None:
        """The same, of a body whose meaning has this digest."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return None
        return Repeatable(
            self.actor.region,
            self.token,
            self.request.method,
            self.request.path[:256],
            key,
            body_digest,
        )

    def answer(self, answer: Answer, status: int = 200) -> Response:
        """A write's answer, with the ETag of what it wrote."""
        response = as_json(answer.view, status)
        response.headers["ETag"] = answer.etag
        if answer.replayed:
            response.headers["Idempotent-Replayed"] = "true"
        return response


def read_fields(model: type[Model], given: Mapping[str, Any]) -> Model:
    """What a form said, as its model; what was left empty was not given. Raises Invalid."""
    with _faults_told("invalid_body"):
        return model.model_validate({name: value for name, value in given.items() if value})


def authenticate(
    ctx: Context, request: Request, number: str | None = None
) -> tuple[tokens.Caller, CaseRow | None]:
    """Who calls, and with them the case of this number, as far as one read finds it.

    Raises Unauthenticated.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = row = None
    if scheme.lower() == "bearer" and token.strip():
        if number is None:
            found = tokens.authenticate(ctx, token.strip())
        else:
            found, row = caller_and_case(ctx, token.strip(), number)
    if found is None:
        raise Unauthenticated(
            "unauthenticated",
            "Send Authorization: Bearer TOKEN with a token that is live; "
            "casetrack token create makes one.",
        )
    if found.ended_at is not None:
        raise Unauthenticated(
            "token_expired",
            f"The token ended at {instant(found.ended_at)}; casetrack token create makes a new one.",
            ended_at=instant(found.ended_at),
        )
    return found, row


@contextmanager
def _faults_told(code: str) -> Iterator[None]:
    """What a model does not take is a refusal with every fault and its place."""
    try:
        yield
    except ValidationError as error:
        raise _refusal(code, error.errors(include_input=False, include_url=False)) from error


def _refusal(code: str, faults: Sequence[Mapping[str, Any]]) -> Invalid:
    if faults[0]["type"] == "json_invalid":
        return Invalid(
            "malformed_json", f"The body is not JSON that can be taken: {faults[0]['msg']}."
        )
    errors = []
    for fault in faults:
        at, said = ".".join(map(str, fault["loc"])) or "body", fault_words.said(fault)
        errors.append({"at": at, "message": said["en"], "said": said})
    more = f" (and {len(errors) - 1} more, see errors)." if len(errors) > 1 else "."
    return Invalid(code, f"{errors[0]['at']}: {errors[0]['message']}{more}", errors=errors)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return document


def _halves(value: object, at: tuple[str | int, ...]) -> Iterator[dict[str, Any]]:
    """Texts that hold half of a surrogate pair. Pydantic's reader refuses them without a place."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _halves(name, at)
            yield from _halves(item, (*at, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _halves(item, (*at, place))
    elif isinstance(value, str) and not value.isascii() and _HALF.search(value):
        yield {"type": "half", "loc": at, "msg": "Input should be text without half a character"}


def _brief(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error).replace("\n", " ")[:200]


def as_json(document: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer that nobody between keeps."""
    # A third of the time that the library's own encoder takes, and the same text.
    response = Response(to_json(document), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
