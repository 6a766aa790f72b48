"""Requests in a row, each made of what the one before answered, by people of several roles.

The links between operations are found by Schemathesis from the served document. Whoever knocks is
mostly somebody whom the operation lets in, and names mostly the case's ETag of now, so that a chain
comes far: a case is opened, read, acted upon, and read again by others.
"""

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyStrategyDefinition

from casetrack.web.http.call import Route
from casetrack.web.routes import ROUTES
from tests.integration.test_schemathesis import CALLERS, CHECKS
from tests.support.examples import MANY, examples
from tests.support.web import BILLBOARD, BOTH, LETTER, Web, shared_world

#: Path and method → the route.
_OF = {(route.method, route.path): route for route in ROUTES}
#: What no generator finds by itself: bodies that are taken, so that something follows upon them.
_REAL: dict[str, list[dict[str, Any]]] = {
    "open_case": [BILLBOARD, LETTER],
    "act_on_step": [{"action": "claim"}, {"action": "declare_complete"}, {"action": "complete"}],
    "act_on_case": [{"action": "reissue_code"}, {"action": "withdraw"}],
    "create_webhook": [{"url": "https://93.184.216.34/hook", "types": ["casetrack.*"]}],
}
#: Chains that are drawn at most; which come far changes with the document.
MOST = max(60, examples(4))
#: Step → who does it.
_DOES = {"intake": "dewi", "review_dlh": "rudi", "decide": "hadi", "sign": "hadi"}
#: The simplest chain, and one that is drawn.
_ONE_CHAIN = settings(
    max_examples=2,
    stateful_step_count=15,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=BOTH)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """One world for all chains; what it comes to does not matter, only what it answers."""
    with shared_world(request, tmp_path_factory) as world:
        yield Web(world)


class Callers:
    """Who makes each request of a chain, with what in hand; and what came of it."""

    def __init__(self, web: Web) -> None:
        self.web, self.turn = web, itertools.count()
        self.cases = [web.open(BILLBOARD)["number"], web.open(LETTER)["number"]]
        self.came = Counter[tuple[str, int]]()

    def make_ready(self, case: Any) -> None:
        """Somebody's token, a case that is there, its ETag of now; each now and then not."""
        place, route = next(self.turn), _OF[case.method, case.operation.path]
        at = case.path_parameters or {}
        if "number" in at and at["number"] not in self.cases and place % 4:
            # A number out of the air is met at once with 404, and the chain ends there.
            at["number"] = self.cases[place % len(self.cases)]
        if route.operation in _REAL and place % 3:
            case.body = dict(_REAL[route.operation][place % len(_REAL[route.operation])])
        if case.query and str(case.query.get("wait", "")).isdigit():
            case.query["wait"] = 0
        headers = {k: v for k, v in dict(case.headers or {}).items() if k.lower() != "if-match"}
        if route.path.endswith("/actions") and at.get("number") in self.cases and place % 5:
            headers["If-Match"] = self.web.etag(at["number"])
        who = self._who(route, place, at.get("step"))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.web.world.token(who)}"
        case.headers = {**headers, "Accept-Encoding": "identity"}

    def _who(self, route: Route, place: int, step: str | None) -> str | None:
        """Mostly whoever does the step, or one whom the operation lets in; each seventh is anybody."""
        if place % 7 == 6:
            return list(CALLERS)[place % len(CALLERS)]
        if step in _DOES:
            return _DOES[step]
        welcome = [who for who, role in CALLERS.items() if role in route.roles] or [None]
        return welcome[place % len(welcome)]

    def note(self, response: Any, case: Any) -> None:
        """What was answered; a case that was opened is there for all that follows."""
        self.came[case.operation.label, response.status_code] += 1
        if (case.operation.label, response.status_code) == ("POST /cases", 201):
            self.cases.append(response.json()["number"])

    def came_through(self) -> bool:
        """Whether chains came past the doors, changed a case, and some were turned away at each door."""
        statuses = {status for _, status in self.came}
        acted = any(label.endswith("/actions") and status < 300 for label, status in self.came)
        return acted and {200, 201, 401, 403, 404, 422} <= statuses


def test_whatever_follows_upon_an_answer_is_answered_as_the_document_says(web: Web) -> None:
    callers = Callers(web)
    base: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", web.flask).as_state_machine()

    class Chain(base):  # type: ignore[misc]
        def before_call(self, case: Any) -> None:
            callers.make_ready(case)

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            callers.note(response, case)
            case.validate_response(response, checks=CHECKS)

    for place in range(MOST):
        Chain._hypothesis_internal_use_seed = random.randrange(2**64) if MANY else place
        # A chain that Hypothesis begins like an earlier one meets a world that has moved on, and its
        # draws end elsewhere. Nothing is lost by it: each answer was checked when it came.
        with suppress(FlakyStrategyDefinition):
            Chain.run(settings=_ONE_CHAIN)
        if place + 1 >= examples(4) and callers.came_through():
            return
    pytest.fail(f"no chain came past the doors, or none was turned away: {callers.came}")
