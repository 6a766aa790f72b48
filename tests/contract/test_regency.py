"""A region that is a regency: the Bupati's regulation, bodies of the regency, names in one language."""

from pathlib import Path

import pytest
import yaml

from tests.support.commands import run_command
from tests.support.web import Web
from tests.support.world import World, environment_for

CODE = "64.02"
SHA = "1d5c4b3a29180716f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a09f8e"


def paper(kind: str, paper_id: str, /, **entry: object) -> dict[str, object]:
    return {"kind": kind, "id": paper_id, "sha256": SHA, "entry": entry}


def instrument(form: str) -> dict[str, object]:
    return paper(
        "instrument",
        form.replace("_", "-"),
        form=form,
        number="999 Tahun 2026",
        title="Peraturan tentang Pendelegasian (demo)",
        dated="2026-01-05",
        since="2026-01-12",
        lines=[{"id": "1", "number": "Lampiran nomor 1", "text": "Izin", "services": ["izin"]}],
    )


def step(step_id: str, kind: str, **more: object) -> dict[str, object]:
    return {"id": step_id, "name": {"id": step_id}, "agency": "dpmptsp", "kind": kind, **more}


def write_regency(folder: Path, **service: object) -> Path:
    """A regency that has one service; no name is said in English."""
    files: dict[str, object] = {
        "region.yaml": {
            "code": CODE,
            "letters": "KUK",
            "name": {"id": "Kabupaten Contoh"},
            "zone": "Asia/Makassar",
        },
        "agencies.yaml": [
            {"id": "dpmptsp", "kind": "regency", "name": {"id": "DPMPTSP Kabupaten Contoh"}}
        ],
        "officers.yaml": [
            {"login": "kuk.clerk", "role": "clerk", "agency": "dpmptsp"},
            {"login": "kuk.head", "role": "head", "agency": "dpmptsp"},
            {"login": "kuk.admin", "role": "admin"},
        ],
        "services/izin.yaml": {
            "id": "izin",
            "version": 1,
            "letters": "IZN",
            "name": {"id": "Izin Contoh"},
            "steps": [
                step("intake", "check"),
                step("decide", "decide", after=["intake"]),
            ],
            **service,
        },
        "register.yaml": {
            "entered_by": "kuk.head",
            "confirmed_by": "kuk.admin",
            "entries": [
                instrument("regency_regulation"),
                instrument("regent_regulation"),
                paper(
                    "position",
                    "bupati",
                    agency="dpmptsp",
                    name={"id": "Bupati Contoh"},
                    since="2020-01-02",
                ),
                paper(
                    "grant",
                    "bupati-izin",
                    kind="attribution",
                    receiver="bupati",
                    actions=["decide"],
                    services=["izin"],
                    basis=[
                        {"instrument": "regency-regulation", "line": "1"},
                        {"instrument": "regent-regulation", "line": "1"},
                    ],
                    since="2026-01-12",
                ),
            ],
        },
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True))
    return folder


def test_a_regency_is_loaded_and_shows_its_papers_and_names(world: World, tmp_path: Path) -> None:
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    loaded = run_command(environment, ["load", str(write_regency(tmp_path / "kukar"))])
    assert (loaded.exit_code, "papers of the register" in loaded.stdout) == (0, True), loaded.stderr
    token = run_command(environment, ["token", "create", "--officer", "kuk.clerk"]).stdout.strip()
    http = Web(world).flask.test_client()
    answer = http.post(
        "/api/v1/cases",
        json={"service": "izin", "applicant": {"kind": "person", "name": "Budi"}},
        headers={"Authorization": f"Bearer {token.splitlines()[-1]}"},
    )
    assert answer.status_code == 201, answer.get_json()
    number = answer.get_json()["number"]
    page = http.get(f"/status?lang=en&number={number}").get_data(as_text=True)
    assert "Izin Contoh" in page
    assert "DPMPTSP Kabupaten Contoh" in page
    coverage = run_command(environment, ["authority", "coverage", "--region", CODE])
    assert "izin" in coverage.stdout, coverage.stderr


@pytest.mark.parametrize("meant", ["flag_only", "none", None])
def test_a_load_warns_of_no_meaning_of_silence_that_is_acted_upon(
    world: World, tmp_path: Path, meant: str | None
) -> None:
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    said = {"deemed_grant": meant} if meant else {}
    folder = write_regency(tmp_path / "kukar", **said)
    loaded = run_command(environment, ["load", str(folder)])
    assert (loaded.exit_code, loaded.stderr) == (0, "")
