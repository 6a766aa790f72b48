"""Each service of the two regions that are shown in full runs to its end over HTTP, with its product."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support import demo
from tests.support.web import BOTH, Web, refused, shared_world
from tests.support.world import SAMARINDA, World, required

SURABAYA = "35.78"
BOARD = {"width_cm": 400, "location": "64.72.03"}
ROUTE = {"route": "A-1", "seats": 12, "plate": "KT 1234 XY"}
HOUSE = {"floor_area_m2": 120, "location": "64.72.03"}


@dataclass(frozen=True)
class Told:
    """A service: its facts, who does what (login behind the region's letters), and what comes of it."""

    service: str
    facts: Mapping[str, Any]
    script: str
    #: Product of the definition → the last part of its validity, in years; None: none.
    products: Mapping[str, int | None]
    #: Who issues it in a system of their own.
    issuer: str | None = None


SMR = [
    Told(
        "sip-dokter",
        {"practice": 1},
        """clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete endorse
        signer complete decide
        dinkes complete sign_dinkes
        signer complete sign""",
        {"sip": 5},
    ),
    Told(
        "izin-reklame",
        BOARD,
        """clerk declare_complete intake
        dlh complete review_dlh favourable
        dishub complete review_dishub favourable
        pupr complete review_pupr conditional
        dpmptsp complete verify
        signer complete decide
        bapenda complete assess_tax
        bapenda record_payment pay_tax
        signer complete sign""",
        {"izin": 1},
    ),
    Told(
        "izin-trayek",
        ROUTE,
        """clerk declare_complete intake
        dishub complete review_dishub favourable
        signer complete decide
        signer complete sign""",
        {"izin": 5, "kartu": 1},
    ),
    # Not delegated, so the mayor decides: whom the refusal of the one-door office's head names.
    Told(
        "pbg",
        HOUSE,
        """clerk declare_complete intake
        pupr complete review_pupr favourable
        walikota complete decide
        walikota complete sign""",
        {"persetujuan": None},
    ),
    Told(
        "rekomendasi-pbi",
        {"household": 4},
        """dinsos.clerk declare_complete intake
        dinsos complete household_visit
        dinsos.head complete decide
        dinsos.head complete sign""",
        {"rekomendasi": 0},
    ),
    Told(
        "skck",
        {},
        """polresta.clerk declare_complete intake
        polresta complete research
        polresta record_payment pay
        polresta complete issue""",
        {},
        "Kepolisian Negara Republik Indonesia",
    ),
    Told(
        "nib-dibantu",
        {"kbli": "56101"},
        """clerk declare_complete intake
        clerk complete assist
        clerk complete issue""",
        {},
        "Sistem OSS",
    ),
]
SBY = [
    Told(
        "sip-dokter",
        {"practice": 1},
        """clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete decide
        dpmptsp complete sign""",
        {"sip": 5},
    ),
    Told(
        "reklame",
        BOARD,
        """clerk declare_complete intake
        dlh complete review_dlh favourable
        dishub complete review_dishub favourable
        dprkpp complete review_dprkpp conditional
        dpmptsp complete verify
        dpmptsp complete decide
        bapenda complete assess_tax
        bapenda record_payment pay_tax
        dpmptsp complete sign""",
        {"izin": 1},
    ),
    Told(
        "izin-trayek",
        ROUTE,
        """clerk declare_complete intake
        dishub complete review_dishub favourable
        dpmptsp complete decide
        dpmptsp complete sign""",
        {"izin": 5, "kartu": 1},
    ),
    Told(
        "pbg",
        HOUSE,
        """clerk declare_complete intake
        dprkpp complete review_dprkpp favourable
        dpmptsp complete decide
        dpmptsp complete sign""",
        {"persetujuan": None},
    ),
    Told(
        "rekomendasi-pbi",
        {"household": 4},
        """dinsos.clerk declare_complete intake
        dinsos complete household_visit
        dinsos complete decide
        dinsos complete sign""",
        {"rekomendasi": 0},
    ),
    Told(
        "skck",
        {},
        """polrestabes.clerk declare_complete intake
        polrestabes complete research
        polrestabes record_payment pay
        polrestabes complete issue""",
        {},
        "Kepolisian Negara Republik Indonesia",
    ),
    Told(
        "nib-dibantu",
        {"kbli": "56101"},
        """clerk declare_complete intake
        clerk complete assist
        clerk complete issue""",
        {},
        "Sistem OSS",
    ),
]
ALL = [(SAMARINDA, told) for told in SMR] + [(SURABAYA, told) for told in SBY]
NOTED = {"number": "0220 0123 45678", "dated": "2026-11-20"}


@pytest.fixture(scope="module", params=BOTH)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Both cities, in one world for all of them."""
    cities = demo.region(SAMARINDA), demo.region(SURABAYA)
    with shared_world(request, tmp_path_factory, cities) as made:
        yield made


def taken_in(web: Web, code: str, told: Told) -> tuple[str, str, str]:
    """The letters of the city, the number and the access code of a whole file."""
    data = demo.region(code)
    (service,) = (each for each in data.services if each.id == told.service)
    here = data.region.letters.lower()
    clerk = told.script.split()[0]
    body = {
        "service": told.service,
        "facts": told.facts,
        "applicant": {"kind": "person", "name": "Siti Aminah"},
        "documents": required(service, told.facts),
    }
    opened = web.post("/cases", f"{here}.{clerk}", body)
    assert opened.status_code == 201, opened.text
    case = opened.get_json()
    return here, case["number"], case["access_code"]


def does(web: Web, here: str, number: str, line: str, **said: Any) -> Any:
    who, action, step, *rest = line.split()
    body = {"action": action, **({"result": rest[0]} if rest else {}), **said}
    etag = web.etag(number, f"{here}.auditor")
    return web.post(f"/cases/{number}/steps/{step}/actions", f"{here}.{who}", body, etag=etag)


def to_the_end(web: Web, here: str, number: str, told: Told) -> dict[str, Any]:
    for line in told.script.splitlines():
        said = {"issued_elsewhere": NOTED} if told.issuer and line.split()[2] == "issue" else {}
        done = does(web, here, number, line, **said)
        assert done.status_code == 200, (line, done.text)
    etag = web.etag(number, f"{here}.auditor")
    clerk = f"{here}.{told.script.split()[0]}"
    done = web.post(f"/cases/{number}/actions", clerk, {"action": "hand_over"}, etag=etag)
    assert done.status_code == 200, done.text
    case: dict[str, Any] = web.get(f"/cases/{number}", f"{here}.auditor").get_json()
    assert case["status"] == "handed_over"
    return case


@pytest.mark.parametrize(("code", "told"), ALL, ids=lambda value: getattr(value, "service", value))
def test_a_case_of_the_service_ends_with_its_products(world: World, code: str, told: Told) -> None:
    web = Web(world)
    here, number, access = taken_in(web, code, told)
    case = to_the_end(web, here, number, told)
    products = {each["product"]: each for each in case["products"]}
    assert products.keys() == told.products.keys()
    for name, years in told.products.items():
        until = products[name]["valid_until"]
        if years is None:
            assert until is None
        elif years:
            assert int(until[:4]) - int(products[name]["dated"][:4]) == years
        else:
            assert until > products[name]["dated"]
    noted = case["issued_elsewhere"]
    assert (noted["issuer"]["id"] if noted else None) == told.issuer
    if told.issuer is not None:
        assert (noted["number"], noted["dated"]) == (NOTED["number"], NOTED["dated"])
        said = web.get(f"/status/{number}?code={access}").get_json()["issued_elsewhere"]
        assert "tidak diperiksa" in said["message"]["id"]
        # It is no product of the city: nobody reads here that it is genuine.
        verified = web.get("/verify/0220012345678").get_json()
        assert verified["known"] is False
    stranger = "sby" if here == "smr" else "smr"
    assert web.get(f"/cases/{number}", f"{stranger}.auditor").status_code == 404


NO_NIB = (" ", "=1+1", "022001234567", "02200123456789", "022001234567A", "٠220012345678")


def test_what_another_issues_is_named_with_number_and_day_where_it_is_issued_and_only_there(
    world: World,
) -> None:
    web, told = Web(world), SMR[-1]
    here, number, access = taken_in(web, SAMARINDA, told)
    early = does(web, here, number, "clerk declare_complete intake", issued_elsewhere=NOTED)
    assert refused(early) == (422, "invalid_body")
    for line in told.script.splitlines()[:2]:
        assert does(web, here, number, line).status_code == 200
    line = "clerk complete issue"
    assert refused(does(web, here, number, line)) == (422, "invalid_body")
    for wrong in (
        {**NOTED, "dated": "2099-01-01"},
        {**NOTED, "valid_until": "2026-11-19"},
        *({**NOTED, "number": typed} for typed in NO_NIB),
    ):
        done = does(web, here, number, line, issued_elsewhere=wrong)
        assert refused(done) == (422, "invalid_body"), wrong
    (fault,) = done.get_json()["errors"]
    assert fault["at"] == "issued_elsewhere.number"
    assert "#############" in fault["message"]
    assert does(web, here, number, line, issued_elsewhere=NOTED).status_code == 200
    page = web.flask.test_client().post("/status", data={"number": number, "code": access}).text
    assert "Sistem OSS" in page
    # The office grants nothing here, and says so with no colour of a grant either.
    assert "Hasil instansi lain tercatat</h1>" in page
    assert ("Dikabulkan" in page, "tone-decided" in page) == (False, False)
    said = web.get(f"/status/{number}?code={access}").get_json()
    assert said["label"]["id"] == "Hasil instansi lain tercatat"
    assert "tidak diperiksa di sini" in page


@pytest.mark.parametrize("code", [SAMARINDA, SURABAYA])
def test_the_doctors_permit_of_both_is_issued_by_law_after_five_days_on_str_and_skp(
    code: str,
) -> None:
    (service,) = (each for each in demo.region(code).services if each.id == "sip-dokter")
    limit = service.limit
    assert limit is not None
    assert (limit.value, limit.unit, service.deemed_grant) == (5, "working_days", "auto_issue")
    assert [each.id for each in service.external_facts] == ["str", "skp"]
    assert service.deemed_basis
