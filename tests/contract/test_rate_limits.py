"""Who asks too often is told when to come back, before anything is read for them."""

from collections.abc import Iterator

import pytest

from casetrack.web.http.problem_words import said
from casetrack.web.http.rates import Rates
from casetrack.web.routes import ROUTES
from tests.support.web import BOTH, LETTER, Web, problem, refused, shared_world
from tests.support.world import World

NIK = {"nik": "6472010101900001"}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module", params=BOTH)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with shared_world(request, tmp_path_factory) as world:
        yield world


def test_at_every_operation_it_is_heard_before_all_else(shared: World) -> None:
    clock = Clock()
    web = Web(shared, rates=Rates(writes=1, reads=1, clock=clock))
    for route in ROUTES:
        if not route.roles:
            continue
        # Two of so many made-up tokens may share a bucket; by now it is full again.
        clock.now += 1
        headers = {"Authorization": f"Bearer made-up-for-{route.operation}"}
        path = route.path.replace("{", "").replace("}", "")
        heard = [
            web.call(route.method, path, headers=headers, body={} if route.body else None)
            for _ in range(2)
        ]
        assert refused(heard[0]) == (401, "unauthenticated"), route.operation
        assert refused(heard[1]) == (429, "too_many_requests"), route.operation
        assert heard[1].headers["Retry-After"] == "1", route.operation


def test_writes_are_counted_apart_from_reads_and_each_token_for_itself(shared: World) -> None:
    clock = Clock()
    web = Web(shared, rates=Rates(writes=2, reads=3, clock=clock))
    for _ in range(2):
        web.open()
    held = web.post("/cases", "dewi", LETTER, key="once")
    assert problem(held) == "too_many_requests"
    assert held.get_json()["message"] == said("too_many_requests")
    # To look for a person is a POST, and no write.
    assert [web.post("/cases/find", "dewi", NIK).status_code for _ in range(4)] == [200] * 3 + [429]
    assert web.get("/cases", "rudi").status_code == 200
    clock.now += 1
    # What was refused has left nothing behind under its key.
    first = web.post("/cases", "dewi", LETTER, key="once")
    again = web.post("/cases", "dewi", LETTER, key="once")
    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")


def test_who_needs_no_token_is_not_counted(shared: World) -> None:
    web = Web(shared, rates=Rates(writes=1, reads=1, clock=Clock()))
    case = web.open()
    asked = {"X-Access-Code": case["access_code"]}
    for _ in range(5):
        assert web.get(f"/status/{case['number']}", headers=asked).status_code == 200
