"""Two regions with agencies, services and people of the same names: neither sees the other."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from casetrack.domain.region.region_data import Officer
from casetrack.storage import schema
from tests.support.web import APPLICANT, BOTH, LETTER, Web, refused, shared_world
from tests.support.world import SAMARINDA, SURABAYA, samarinda, surabaya

#: Pairs of the same role and agency, one in each region.
TWINS = {
    "clerk": ("smr.dewi", "sby.dewi"),
    "officer": ("smr.hadi", "sby.hadi"),
    "supervisor": ("smr.wati", "sby.wati"),
    "head": ("smr.ketua", "sby.ketua"),
    "auditor": ("smr.audit", "sby.audit"),
    "integrator": ("smr.mesin", "sby.mesin"),
}
WALK_IN = {**LETTER, "applicant": {**APPLICANT, "email": None}}


class Pair:
    """The same things happened in both regions."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.numbers: dict[str, list[str]] = {}
        self.codes: dict[str, str] = {}
        web.begun(*(login for twins in TWINS.values() for login in twins))
        #: Where each region's ledger ended before.
        self.begun = self._ends()
        for region in ("smr", "sby"):
            opened = [web.open(body, f"{region}.dewi") for body in (LETTER, LETTER, WALK_IN)]
            self.numbers[region] = [case["number"] for case in opened]
            self.codes.update({case["number"]: case["access_code"] for case in opened})
            number = self.numbers[region][0]
            seen = web.etag(number, f"{region}.audit")
            declared = web.act(number, f"{region}.dewi", "declare_complete", "intake", etag=seen)
            assert declared.status_code == 200
        web.relay()

    def _ends(self) -> dict[str, int]:
        with self.web.world.database.read() as connection:
            rows = connection.execute(schema.ledger_heads.select())
            return {row.region: row.position for row in rows}


@pytest.fixture(scope="module", params=BOTH)
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Surabaya, made of the same agencies, services and roles as Samarinda."""
    ours = samarinda()
    theirs = replace(
        ours,
        region=surabaya().region,
        officers=tuple(
            Officer(o.login.replace("smr.", "sby."), o.role, o.agency) for o in ours.officers
        ),
    )
    with shared_world(request, tmp_path_factory, (ours, theirs)) as world:
        yield Pair(Web(world))


def _both() -> list[tuple[str, str, str, str]]:
    return [
        (role, login, own, other)
        for role, (ours, theirs) in TWINS.items()
        for login, own, other in ((ours, "smr", "sby"), (theirs, "sby", "smr"))
    ]


def test_each_region_has_the_same_serials(pair: Pair) -> None:
    bare = {r: [n.partition("-")[2] for n in numbers] for r, numbers in pair.numbers.items()}
    assert bare["smr"] == bare["sby"]


@pytest.mark.parametrize("path", ["/cases", "/worklist", "/untold", "/events", "/services"])
def test_no_list_shows_anything_of_the_other_region(pair: Pair, path: str) -> None:
    read = 0
    for _, login, own, other in _both():
        response = pair.web.get(path, login)
        if response.status_code == 403:
            continue
        assert response.status_code == 200
        assert f"{other.upper()}-" not in response.text
        assert {"smr": SAMARINDA, "sby": SURABAYA}[other] not in response.text
        for key in ("items", "events"):
            read += len(response.get_json().get(key, []))
        if path == "/events":
            streams = {event["stream"] for event in response.get_json()["events"]}
            assert streams == set(pair.numbers[own])
    assert read > 0


def test_positions_are_each_regions_own(pair: Pair) -> None:
    for login, region in zip(TWINS["integrator"], (SAMARINDA, SURABAYA), strict=True):
        events = pair.web.get("/events", login).get_json()["events"]
        assert [e["position"] - pair.begun[region] for e in events] == [1, 2, 3, 4]


def test_the_same_nik_finds_the_cases_of_the_own_region(pair: Pair) -> None:
    for login, own in zip(TWINS["clerk"], ("smr", "sby"), strict=True):
        found = pair.web.post("/cases/find", login, {"nik": APPLICANT["nik"]}).get_json()
        assert sorted(c["number"] for c in found["items"]) == sorted(pair.numbers[own])


def test_the_same_nik_is_another_person_to_another_region(pair: Pair) -> None:
    with pair.web.world.database.read() as connection:
        rows = connection.execute(schema.subjects.select()).all()
    assert sorted(row.region for row in rows) == [SURABAYA, SAMARINDA]
    assert len({row.subject for row in rows}) == 2
    assert len({row.nik_index for row in rows}) == 2


@pytest.mark.parametrize("tail", ["", "/events", "/trace", "/slips/receipt"])
def test_no_case_of_the_other_region_can_be_read(pair: Pair, tail: str) -> None:
    for _, login, _, other in _both():
        for number in pair.numbers[other]:
            assert refused(pair.web.get(f"/cases/{number}{tail}", login)) == (404, "unknown_case")


def test_no_case_of_the_other_region_can_be_acted_on(pair: Pair) -> None:
    for _, login, _, other in _both():
        number = pair.numbers[other][0]
        for path, body in (
            (f"/cases/{number}/actions", {"action": "withdraw"}),
            (f"/cases/{number}/steps/decide/actions", {"action": "complete"}),
        ):
            answer = pair.web.post(path, login, body, etag='"2"')
            assert refused(answer) == (404, "unknown_case")


def test_a_cursor_of_one_region_opens_nothing_in_the_other(pair: Pair) -> None:
    page = pair.web.get("/cases?limit=1", "smr.audit").get_json()
    there = pair.web.get(f"/cases?cursor={page['next_cursor']}", "sby.audit")
    assert "SMR-" not in there.text


def test_the_public_status_belongs_to_the_region_of_the_number(pair: Pair) -> None:
    for own, region in (("smr", "Samarinda"), ("sby", "Surabaya")):
        number = pair.numbers[own][0]
        document = pair.web.get(f"/status/{number}").get_json()
        assert document["number"] == number
        other = "Surabaya" if region == "Samarinda" else "Samarinda"
        assert other not in json.dumps(document)


def test_a_code_of_one_region_does_not_open_its_twin(pair: Pair) -> None:
    ours, theirs = pair.numbers["smr"][0], pair.numbers["sby"][0]
    answer = pair.web.get(f"/status/{theirs}", headers={"X-Access-Code": pair.codes[ours]})
    assert refused(answer) == (404, "unknown_case")


def test_each_region_has_a_chain_of_its_own(pair: Pair) -> None:
    with pair.web.world.database.read() as connection:
        rows = connection.execute(schema.ledger.select()).all()
    assert sorted((row.region, row.position) for row in rows) == [
        (region, position)
        for region in (SURABAYA, SAMARINDA)
        for position in range(1, pair.begun[region] + 5)
    ]
    assert len({row.hash for row in rows}) == len(rows)
