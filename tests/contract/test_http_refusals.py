"""The order of refusals: each neighbour pair is violated at once, and the earlier one is heard.

401; 404; 403 role; 422 body; replay or 422 of the key; 428; 412; 409; 403 authority.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.web import BILLBOARD, BOTH, LETTER, Web, problem, refused, shared_world

GARBAGE = b"{"


@pytest.fixture(scope="module", params=BOTH)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """HTTP on a world that all share; each test takes in a file of its own."""
    with shared_world(request, tmp_path_factory) as world:
        yield Web(world)


def _started(web: Web) -> str:
    """A billboard permit whose reviews are open."""
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, "dewi declare_complete intake")
    return number


def _on(number: str, step: str | None = None) -> str:
    return f"/cases/{number}/steps/{step}/actions" if step else f"/cases/{number}/actions"


# --- each neighbour of the order --------------------------------------------------------------


def test_401_comes_before_404(web: Web) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer ct_nonsense"},
        {"Authorization": "Basic ZGV3aTpkZXdp"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
    ):
        response = web.post(_on("SMR-REK-2026-999999-0"), raw=GARBAGE, headers=headers)
        assert refused(response) == (401, "unauthenticated")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("who", ["tono", "sby.officer", "sby.audit"])
def test_404_comes_before_403_of_the_role(web: Web, who: str) -> None:
    number = _started(web)
    # Neither an officer nor an auditor may act on a case, but they do not learn that it exists.
    assert refused(web.post(_on(number), who, raw=GARBAGE)) == (404, "unknown_case")
    unknown = web.post(_on("SMR-REK-2026-999999-0"), who, raw=GARBAGE)
    known = web.post(_on(number), who, raw=GARBAGE)
    assert known.data == unknown.data


def test_404_of_a_step_comes_before_403_of_the_role(web: Web) -> None:
    number = _started(web)
    response = web.post(_on(number, "no_such_step"), "ketua", raw=GARBAGE)
    assert refused(response) == (404, "unknown_step")


@pytest.mark.parametrize(
    ("who", "step"),
    [
        ("audit", None),
        ("rudi", None),
        ("rini", None),  # a supervisor, but not of the counter
        ("ketua", "decide"),
        ("mesin", "decide"),
        ("rudi", "review_dishub"),
        ("dewi", "decide"),
        ("sari", "intake"),
    ],
)
def test_403_of_the_role_comes_before_422_of_the_body(web: Web, who: str, step: str | None) -> None:
    assert refused(web.post(_on(_started(web), step), who, raw=GARBAGE))[0] == 403


def test_403_of_the_role_comes_before_422_on_opening(web: Web) -> None:
    for who in ("hadi", "wati", "ketua", "audit", "mesin", "admin"):
        response = web.post("/cases", who, raw=GARBAGE)
        assert refused(response) == (403, "role_not_allowed")


def test_403_of_the_role_comes_before_a_replay(web: Web) -> None:
    number = _started(web)
    assert web.act(number, "rudi", "claim", "review_dlh", key="k").status_code == 200
    response = web.post(_on(number, "review_dlh"), "ketua", {"action": "claim"}, key="k")
    assert refused(response)[0] == 403


def test_403_of_the_action_comes_before_428(web: Web) -> None:
    # Rudi may act on the step, but reopening takes a supervisor.
    body = {"action": "reopen", "reason": "typo"}
    response = web.post(_on(_started(web), "review_dlh"), "rudi", body)
    assert refused(response) == (403, "role_not_allowed")


@pytest.mark.parametrize(
    ("who", "step", "body", "code"),
    [
        ("dewi", None, {"action": "dance"}, "invalid_body"),
        ("dewi", None, {"action": "pause", "reason": "tired"}, "unknown_reason"),
        ("dewi", None, {"action": "close"}, "unknown_reason"),
        ("rudi", "review_dlh", {"action": "complete"}, "unknown_result"),
        ("rudi", "review_dlh", {"action": "complete", "result": "maybe"}, "unknown_result"),
        ("rudi", "review_dlh", {"action": "return"}, "defects_missing"),
        (
            "rudi",
            "review_dlh",
            {"action": "return", "defects": [{"requirement": "paspor"}]},
            "unknown_requirement",
        ),
        ("rini", "review_dlh", {"action": "reopen"}, "reason_missing"),
        (
            "rini",
            "review_dlh",
            {"action": "reassign", "officer": "smr.sari"},
            "unknown_officer",
        ),
    ],
)
def test_422_of_the_body_comes_before_replay_428_412_and_409(
    web: Web, who: str, step: str | None, body: dict[str, Any], code: str
) -> None:
    number = _started(web)
    assert refused(web.post(_on(number, step), who, body)) == (422, code)
    assert refused(web.post(_on(number, step), who, body, etag='"1"')) == (422, code)
    web.act(number, "dewi", "withdraw")
    assert refused(web.post(_on(number, step), who, body, etag='"1"')) == (422, code)


def test_422_of_the_body_comes_before_422_of_the_key(web: Web) -> None:
    web.open(LETTER, key="of-this-test")
    body = {"service": "surat-keterangan"}
    response = web.post("/cases", "dewi", body, key="of-this-test")
    assert refused(response) == (422, "invalid_body")


def test_a_replay_comes_before_428_and_412(web: Web) -> None:
    number = _started(web)
    first = web.act(number, "rudi", "claim", "review_dlh", key="k")
    for etag in (None, '"1"'):
        again = web.post(_on(number, "review_dlh"), "rudi", {"action": "claim"}, key="k", etag=etag)
        assert (again.status_code, again.data) == (200, first.data)


def test_422_of_the_key_comes_before_428(web: Web) -> None:
    number = _started(web)
    web.act(number, "rudi", "claim", "review_dlh", key="k")
    body = {"action": "complete", "result": "favourable"}
    response = web.post(_on(number, "review_dlh"), "rudi", body, key="k")
    assert refused(response) == (422, "idempotency_key_reused")


def test_428_comes_before_412_and_409(web: Web) -> None:
    number = _started(web)
    web.act(number, "dewi", "withdraw")
    assert refused(web.post(_on(number), "dewi", {"action": "withdraw"}))[0] == 428


def test_412_comes_before_409(web: Web) -> None:
    number = _started(web)
    seen = web.etag(number)
    web.act(number, "dewi", "withdraw")
    late = web.post(_on(number), "dewi", {"action": "withdraw"}, etag=seen)
    assert refused(late) == (412, "stale")
    now = web.act(number, "dewi", "withdraw")
    assert refused(now) == (409, "status_forbids")


def test_412_comes_before_403_of_the_authority(web: Web) -> None:
    number = _started(web)
    seen = web.step(number, "review_dlh")["etag"]
    web.act(number, "rudi", "claim", "review_dlh")
    body = {"action": "complete", "result": "favourable", "as_position": "kepala"}
    late = web.post(_on(number, "review_dlh"), "rudi", body, etag=seen)
    assert refused(late) == (412, "stale")


def test_409_comes_before_403_of_the_authority(web: Web) -> None:
    number = _started(web)
    early = web.act(number, "hadi", "complete", "decide", as_position="kepala")
    assert refused(early) == (409, "status_forbids")


def test_403_of_the_authority_is_recorded_beside_the_case(web: Web) -> None:
    number = _started(web)
    before = web.etag(number)
    response = web.act(
        number, "rudi", "complete", "review_dlh", result="favourable", as_position="kepala"
    )
    assert refused(response) == (403, "position_not_held")
    assert web.etag(number) == before
    web.relay()
    feed = web.get("/events", "mesin").get_json()["events"]
    assert [(e["type"], e["stream"]) for e in feed][-1] == (
        "casetrack.authority.refused",
        f"refusal/{number}",
    )


# --- If-Match -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "*",
        ' "*" ',
        '"2", "3"',
        '"2","review_dlh.2"',
        'W/"2"',
        "2",
        '""',
        "",
        '"two"',
        '"2.x"',
        '"-1"',
        '"٢"',
        '"99999999999999999999"',
    ],
)
def test_if_match_is_one_strong_etag_as_it_was_given(web: Web, header: str) -> None:
    number = _started(web)
    response = web.act(number, "rudi", "claim", "review_dlh", etag=header)
    assert refused(response)[0] == 428
    assert web.step(number, "review_dlh")["status"] == "ready"


def test_if_match_takes_the_cases_etag_or_the_steps(web: Web) -> None:
    number = _started(web)
    assert web.act(number, "rudi", "claim", "review_dlh").status_code == 200
    seen = web.step(number, "review_dishub")["etag"]
    assert web.act(number, "sari", "claim", "review_dishub", etag=seen).status_code == 200


def test_parallel_reviewers_do_not_refuse_each_other(web: Web) -> None:
    number = _started(web)
    rudi_saw = web.step(number, "review_dlh", "rudi")["etag"]
    sari_saw = web.step(number, "review_dishub", "sari")["etag"]
    case_seen = web.etag(number)
    for who, step, seen in (("rudi", "review_dlh", rudi_saw), ("sari", "review_dishub", sari_saw)):
        done = web.act(number, who, "complete", step, result="favourable", etag=seen)
        assert done.status_code == 200
    # Who had seen the whole case, and not their step, decides anew.
    late = web.act(number, "hadi", "claim", "verify", etag=case_seen)
    assert refused(late) == (412, "stale")
    assert late.get_json()["version"] == 4


def test_the_etag_of_another_step_is_stale(web: Web) -> None:
    number = _started(web)
    seen = web.step(number, "review_dishub")["etag"]
    assert refused(web.act(number, "rudi", "claim", "review_dlh", etag=seen)) == (412, "stale")
    on_case = web.act(number, "dewi", "withdraw", etag=web.step(number, "intake")["etag"])
    assert refused(on_case) == (412, "stale")


def test_an_etag_of_the_future_is_stale(web: Web) -> None:
    number = _started(web)
    assert refused(web.act(number, "dewi", "withdraw", etag='"77"')) == (412, "stale")


# --- problem documents ----------------------------------------------------------------------------


def test_what_the_framework_refuses_is_a_problem_document_too(web: Web) -> None:
    assert refused(web.get("/nothing", "dewi")) == (404, "unknown_path")
    assert refused(web.get("//nothing")) == (404, "unknown_path")
    wrong = web.call("DELETE", "/cases", "dewi")
    assert refused(wrong) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["Allow"]


def test_fields_beside_the_code_say_what_it_takes(web: Web) -> None:
    number = _started(web)
    response = web.act(number, "dewi", "extend")
    assert problem(response) == "role_not_allowed"
    assert response.get_json()["roles"] == ["supervisor"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=%00",
        "cursor=!!",
        "cursor=bnVsbA",
        "cursor=WzFlNDAwXQ",
        "cursor=WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDBd",
        "cursor=W3RydWVd",
    ],
)
def test_a_query_that_cannot_be_taken_is_422(web: Web, query: str) -> None:
    for path, who in (("/cases", "dewi"), ("/worklist", "hadi"), ("/untold", "dewi")):
        assert refused(web.get(f"{path}?{query}", who)) == (422, "invalid_query")


def test_who_asks_for_bahasa_indonesia_reads_the_detail_in_it(web: Web) -> None:
    number = _started(web)
    etag = web.etag(number)
    token = {"Authorization": f"Bearer {web.world.token('dewi')}", "If-Match": etag}
    body = {"action": "hand_over"}
    english = web.post(_on(number), body=body, headers=token)
    indonesian = web.post(_on(number), body=body, headers={**token, "Accept-Language": "id-ID"})
    assert problem(english) == problem(indonesian) == "status_forbids"
    assert "A case that is in_progress cannot be" in english.get_json()["detail"]
    assert "Berkas yang berstatus in_progress tidak dapat" in indonesian.get_json()["detail"]
    assert indonesian.headers["Content-Language"] == "id"
