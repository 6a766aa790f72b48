"""Officers who may keep some papers try for more: over HTTP, in Samarinda's demo."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.support import demo
from tests.support.stories import SCAN, City
from tests.support.web import refused
from tests.support.world import SAMARINDA, World

BY_MAYOR = {"number": "800/1", "dated": "2026-11-20", "by": "wali-kota"}
LAW = {"instrument": "uu-23-2014", "line": "pasal-65"}

Paper = tuple[str, str, dict[str, Any]]


def letter(officer: str, position: str, form: str = "plh", **more: Any) -> dict[str, Any]:
    said = {"officer": f"smr.{officer}", "position": position, "form": form, "letter": BY_MAYOR}
    return {**said, "since": "2026-11-23", **more}


def post(agency: str, *superiors: tuple[str | None, str | None]) -> dict[str, Any]:
    above = [{"position": p, **({"since": s} if s else {})} for p, s in superiors]
    return {"agency": agency, "name": {"id": "Jabatan"}, "superiors": above}


def enter(city: City, who: str, paper: Paper) -> TestResponse:
    kind, name, entry = paper
    body = {"kind": kind, "id": name, "entry": entry, "document": {"sha256": SCAN}}
    return city.post("/authority/entries", f"smr.{who}", body)


def confirm(city: City, who: str, kind: str, name: str, **said: Any) -> TestResponse:
    path = f"/authority/entries/{kind}/{name}"
    etag = city.get(path, "auditor").headers["ETag"]
    return city.post(f"{path}/actions", f"smr.{who}", {"action": "confirm", **said}, etag=etag)


def on_the_head(city: City) -> dict[str, Paper]:
    """What would take the one-door office from its head, or give it to somebody else."""
    head = city.entry("incumbency", "kepala-dpmptsp-2025")
    stay = city.entry("stay", "setda-mpp")
    return {
        "an acting head": ("incumbency", "plh", letter("clerk2", "kepala-dpmptsp")),
        "the head's letter ended in the past": (
            "incumbency", "kepala-dpmptsp-2025", {**head, "until": "2026-11-01"},
        ),
        "a second definitive head": (
            "incumbency", "sk", letter("clerk2", "kepala-dpmptsp", "definitive"),
        ),
        "an acting mayor": ("incumbency", "plh-wk", letter("clerk2", "wali-kota")),
        "an acting secretary": ("incumbency", "plh-sd", letter("clerk2", "sekretaris-daerah")),
        "the head renamed": (
            "renaming", "nama",
            {"position": "kepala-dpmptsp", "name": {"id": "Kepala Kantor"}, "since": "2026-11-23",
             "basis": LAW},
        ),
        "the regulation replaced": (
            "replacement", "ganti", {"old": "perwali-34-2025", "new": "baru", "since": "2026-11-22"},
        ),
        "the secretariat's stay moved": ("stay", "setda-mpp", {**stay, "until": "2026-11-01"}),
        "a new head beside the head": ("position", "kepala-2", post("dpmptsp", ("wali-kota", None))),
        "a position that rises tomorrow": (
            "position", "kepala-3",
            post("dpmptsp", ("wali-kota", "2026-11-24"), ("kepala-dpmptsp", None)),
        ),
        "a position that falls to nobody": (
            "position", "kepala-4", post("dpmptsp", (None, "2026-11-24"), ("kepala-dpmptsp", None)),
        ),
        "the deputy beside the head from tomorrow": (
            "position", "kabid-perizinan",
            post("dpmptsp", ("kepala-dpmptsp", None), ("wali-kota", "2026-11-24")),
        ),
        "a power by the law alone": (
            "grant", "atribusi",
            {"kind": "attribution", "receiver": "kabid-perizinan", "actions": ["decide", "sign"],
             "services": ["izin-reklame"], "basis": [LAW], "since": "2026-11-23"},
        ),
        "the head's powers moved": (
            "succession", "pindah",
            {"source": "kepala-dpmptsp", "target": "kabid-perizinan", "since": "2026-11-23",
             "basis": LAW},
        ),
        "a registrar": (
            "registrar", "petugas",
            {"officer": "smr.clerk2", "agency": "dpmptsp", "letter": BY_MAYOR, "since": "2026-11-23"},
        ),
    }  # fmt: skip


#: Of the one-door office, of the environment agency (confirmed), and who administers.
SET_UP, OTHERS, ADMINS = ("supervisor", "head"), ("dlh.supervisor", "pupr.supervisor"), ("clerk2",)


def make_registrars_of_dlh(city: City) -> None:
    """By papers, of two whom the secretary of the city has confirmed."""
    for paper in ("registrar-dlh-1", "registrar-dlh-2"):
        assert confirm(city, "sekda", "registrar", paper).status_code == 200
    for name, who in zip(("p-1", "p-2"), OTHERS, strict=True):
        duty = {"officer": f"smr.{who}", "agency": "dlh", "letter": BY_MAYOR}
        city.paper("registrar", name, **duty, since="2026-11-23")


def test_no_registrar_of_one_body_reaches_the_head_of_another_nor_their_own(city: City) -> None:
    make_registrars_of_dlh(city)
    for who in (*SET_UP, *OTHERS):
        for what, paper in on_the_head(city).items():
            answer = enter(city, who, paper)
            assert answer.status_code == 403, (who, what, answer.text)
            assert answer.get_json()["code"] in ("not_registrar", "own_paper"), (who, what)


def test_no_role_reaches_the_register_whatever_goes_with_it(
    database_url: str, tmp_path: Path
) -> None:
    data = demo.region(SAMARINDA)
    cast = tuple(
        replace(each, more_roles=("admin",)) if each.login == "smr.clerk2" else each
        for each in data.officers
    )
    world = World.make(database_url, tmp_path, regions_=(replace(data, officers=cast),))
    city = City(world)
    for who in (*ADMINS, "admin", "signer", "dpmptsp"):
        for what, paper in on_the_head(city).items():
            assert refused(enter(city, who, paper)) == (403, "not_registrar"), (who, what)
    world.close()


def test_the_body_s_own_two_say_what_they_stop_and_appoint_nobody_who_confirms_them(
    city: City,
) -> None:
    papers = on_the_head(city)
    stops = {
        "the head's letter ended in the past": ["kepala-dpmptsp-2025"],
        "a second definitive head": ["kepala-dpmptsp-2025"],
        "the secretariat's stay moved": ["setda-mpp"],
        "the regulation replaced": ["delegasi-2026", "delegasi-trayek-2026"],
    }
    for what, ids in stops.items():
        kind, name, _ = papers[what]
        assert enter(city, "registrar", papers[what]).status_code == 201, what
        answer = confirm(city, "registrar2", kind, name)
        assert refused(answer) == (409, "stops_what_works"), what
        assert answer.get_json()["stops"] == ids, what
        assert confirm(city, "registrar2", kind, name, stops=["x"]).status_code == 409
        assert confirm(city, "registrar2", kind, name, action="discard").status_code == 200
    for what in ("an acting mayor", "an acting secretary", "a registrar"):
        assert enter(city, "registrar", papers[what]).status_code == 403, what
    own = ("incumbency", "plh", letter("registrar", "kepala-dpmptsp"))
    assert refused(enter(city, "registrar", own)) == (403, "own_paper")
    assert refused(enter(city, "bapenda.supervisor", own)) == (409, "not_joined")


def test_nobody_comes_to_head_the_secretariat_by_a_detour(city: City) -> None:
    """A position that rises tomorrow, or since the one above it leaves the agency."""
    city.paper("position", "asisten", **post("setda", ("sekretaris-daerah", None)))
    city.paper("position", "kabag", **post("setda", ("asisten", None)))
    for what, name, entry in (
        ("tomorrow", "kabag", post("setda", ("asisten", None), ("wali-kota", "2026-11-24"))),
        ("tomorrow, the other way round", "kabag",
         post("setda", ("wali-kota", "2026-11-24"), ("asisten", None))),
        ("below another agency", "asisten", post("dlh", ("sekretaris-daerah", None))),
    ):  # fmt: skip
        answer = enter(city, "registrar", ("position", name, entry))
        assert refused(answer) == (403, "not_registrar"), what
        assert "makes no other one" in answer.get_json()["detail"], what


def test_no_agency_gives_its_people_a_power_by_the_law_alone(city: City) -> None:
    """By a decree of their own, or by a law: two registrars of one body, about a colleague."""
    grant = {
        "kind": "attribution", "receiver": "kabid-perizinan", "actions": ["decide", "sign"],
        "services": ["izin-reklame"], "since": "2026-11-23",
    }  # fmt: skip
    decree = {"instrument": "sk-dpmptsp-27-2026", "line": "diktum-1"}
    answer = enter(city, "registrar2", ("grant", "g", {**grant, "basis": [decree]}))
    assert refused(answer) == (422, "invalid_entry")
    (fault,) = answer.get_json()["errors"]
    assert fault["at"] == "basis"
    assert fault["message"].startswith("a decree or a letter gives no power by itself")
    for basis in ([LAW], [LAW, decree], [{"instrument": "tiada", "line": "1"}]):
        answer = enter(city, "head", ("grant", "g", {**grant, "basis": basis}))
        assert (refused(answer), answer.get_json()["agency"]) == ((403, "not_registrar"), "setda")
    # The secretariat's two keep the law.
    assert enter(city, "registrar", ("grant", "g", {**grant, "basis": [LAW]})).status_code == 201
