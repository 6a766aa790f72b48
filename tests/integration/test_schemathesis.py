"""What the served OpenAPI document says is what comes: no 5xx, no answer that it does not name.

Half of the requests name a real case, step and ETag, so that they come past the doors and change
things; the other half are what the document allows at all.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from casetrack.web.http.call import Route
from casetrack.web.routes import ROUTES
from tests.support import answers
from tests.support.examples import MANY, examples
from tests.support.web import BILLBOARD, LETTER, Web
from tests.support.world import World


def answers_its_model(_ctx: Any, response: Any, case: Any) -> None:
    """The answer is what its route's model says, with no field beside."""
    kind = response.headers.get("content-type", [""])[0]
    path = urlsplit(response.request.url).path
    answers.check(answers.Answer(case.method, path, response.status_code, kind, response.content))


CHECKS = [
    not_a_server_error,
    answers_its_model,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
#: Whose tokens knock, one of each kind of reader and writer.
CALLERS = {
    "dewi": "clerk",
    "rudi": "officer",
    "hadi": "officer",
    "wati": "supervisor",
    "audit": "auditor",
    "mesin": "integrator",
    None: "nobody",
}
STEPS = ("intake", "review_dlh", "review_dishub", "decide", "sign", "hand_over")
#: Of a request that changes something and is as the document says, and of any other: one that only reads
#: or is refused as it is parsed meets fewer answers. `make long` draws three hundred of each.
EXAMPLES, FEWER = examples(30), examples(10)


class Api:
    """The document as it is served, and cases to find behind it."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", web.flask)
        fresh, letter = web.open(BILLBOARD), web.open(LETTER)
        going = web.open(BILLBOARD)["number"]
        web.play(going, "dewi declare_complete intake\nrudi claim review_dlh")
        over = web.open(LETTER)["number"]
        web.play(over, "dewi declare_complete intake\nhadi complete decide")
        web.open({"service": "surat-keterangan", "applicant": {"kind": "person", "name": "Siti"}})
        web.deliver()
        self.numbers = [fresh["number"], letter["number"], going, over]
        self.codes = [fresh["access_code"], letter["access_code"]]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One world for all; what it comes to does not matter, only what it answers."""
    folder = tmp_path_factory.mktemp("schemathesis")
    world = World.make(f"sqlite:///{folder / 'casetrack.sqlite'}", folder)
    yield Api(Web(world))
    world.close()


@pytest.mark.parametrize(
    ("route", "mode"),
    [
        pytest.param(route, mode, id=f"{route.operation}-{mode.value}")
        for route in ROUTES
        for mode in GenerationMode
        # Where the document allows everything there is nothing to break.
        if mode is GenerationMode.POSITIVE or route.body or route.query
    ],
)
def test_every_answer_is_one_that_the_document_names(
    api: Api, route: Route, mode: GenerationMode
) -> None:
    described = api.schema.find_operation_by_id(route.operation)
    welcome = [who for who, role in CALLERS.items() if role in route.roles]
    changes = route.method != "GET" and mode is GenerationMode.POSITIVE

    @settings(
        max_examples=EXAMPLES if changes else FEWER,
        deadline=None,
        derandomize=not MANY,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=described.as_strategy(generation_mode=mode),
        who=st.sampled_from([*CALLERS, *welcome, *welcome, *welcome]),
        number=st.sampled_from([None, *api.numbers, *api.numbers]),
        step=st.sampled_from(STEPS),
        seen=st.sampled_from(["now", "now", "old", "*", None]),
    )
    def knock(case: Any, who: str | None, number: str | None, step: str, seen: str | None) -> None:
        headers = {k: v for k, v in dict(case.headers or {}).items() if k.lower() != "if-match"}
        if number is not None and "{number}" in described.path:
            case.path_parameters["number"] = number
            if "step" in case.path_parameters:
                case.path_parameters["step"] = step
            etags = {"now": api.web.etag(number), "old": '"1"', "*": "*", None: None}
            if "actions" in described.path and etags[seen] is not None:
                headers["If-Match"] = str(etags[seen])
        if who is not None:
            headers["Authorization"] = f"Bearer {api.web.world.token(who)}"
        if case.query and str(case.query.get("wait", "")).isdigit():
            case.query["wait"] = 0
        # What calls the application without a server between does not unpack what it asks for.
        case.headers = {**headers, "Accept-Encoding": "identity"}
        case.call_and_validate(checks=CHECKS)

    knock()


def test_the_document_is_openapi_31_and_names_every_route(api: Api) -> None:
    document = api.web.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path, operation["operationId"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert described == {(r.method, r.path, r.operation) for r in ROUTES}


def test_examples_come_past_the_doors(api: Api) -> None:
    """So that the test above is not one of refusals only."""
    number = api.web.open(LETTER)["number"]
    described = api.schema.find_operation_by_id("act_on_step")
    case = described.Case(
        path_parameters={"number": number, "step": "intake"},
        headers={
            "Authorization": f"Bearer {api.web.world.token('dewi')}",
            "If-Match": api.web.etag(number),
            "Accept-Encoding": "identity",
        },
        body={"action": "declare_complete"},
        media_type="application/json",
    )
    assert case.call_and_validate(checks=CHECKS).status_code == 200
