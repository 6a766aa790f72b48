"""What people give of themselves is tidied or refused while they stand there, at every door."""

from pathlib import Path

import pytest

from casetrack.domain.errors import BadInput
from casetrack.usecases.people import corrections, subjects
from tests.support.web import LETTER, Web
from tests.support.world import World

REFUSED = [
    ("email", "j\u00f6rg@contoh.id"),
    ("email", "budi@contoh"),
    ("email", "=?utf-8?q?siti=40contoh=2Eid?=@contoh.id"),
    ("email", ""),
    ("name", "\u200b"),
    ("name", "Budi\u001b[31m"),
    ("name", "\u202eBudi"),
    ("phone", "0812/3456/7890"),
    ("address", "\u00a0"),
]


@pytest.mark.parametrize(("field", "text"), REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_opened(
    world: World, field: str, text: str
) -> None:
    web = Web(world)
    for role in ("applicant", "payer"):
        party = {"kind": "person", "name": "Siti", field: text}
        response = web.post("/cases", "dewi", {**LETTER, role: party})
        problem = response.get_json()
        assert (response.status_code, problem["code"]) == (422, "invalid_body")
        assert [error["at"] for error in problem["errors"]] == [f"{role}.{field}"]
        assert "pattern" not in problem["detail"]
        assert not text.isprintable() or not text or text not in response.text
    assert web.get("/cases", "dewi").get_json()["items"] == []


def test_what_was_copied_along_is_left_out_and_the_mail_arrives(
    world: World, tmp_path: Path
) -> None:
    web = Web(world)
    party = {
        "kind": "person",
        "name": " Siti\u00a0Contoh\u200b",
        "email": "mailto:siti@ex\u00e4mple.id\u200b",
        "phone": "\u202a0812-3456-7890\u202c",
        "address": "Jl. Merdeka 1\r\nSamarinda",
    }
    number = web.open({**LETTER, "applicant": party})["number"]
    (siti,) = subjects.by_case(world.ctx, number)
    kept = subjects.show(world.ctx, siti)["parties"][0]["data"]
    assert kept == {
        "kind": "person",
        "name": "Siti Contoh",
        "email": "siti@xn--exmple-cua.id",
        "phone": "+6281234567890",
        "address": "Jl. Merdeka 1\nSamarinda",
        "language": "id",
    }
    web.deliver()
    (mail,) = world.mail.glob("*.eml")
    assert "To: siti@xn--exmple-cua.id" in mail.read_text()


def test_the_operator_s_correction_passes_the_same_door(world: World) -> None:
    number = Web(world).open()["number"]
    (budi,) = subjects.by_case(world.ctx, number)
    for field, text in REFUSED:
        with pytest.raises(BadInput, match=f"^{field}: "):
            corrections.correct(world.ctx, budi, {field: text})
    corrections.correct(world.ctx, budi, {"email": " <budi@contoh.id> "})
    assert subjects.show(world.ctx, budi)["parties"][0]["data"]["email"] == "budi@contoh.id"


def test_a_subscription_s_owner_passes_the_same_door(world: World) -> None:
    web = Web(world)
    wanted = {
        "url": "http://127.0.0.1:9/",
        "types": ["casetrack.*"],
        "email": "mailto:ops@contoh.id",
    }
    made = web.post("/webhooks", "mesin", wanted)
    assert (made.status_code, made.get_json()["email"]) == (201, "ops@contoh.id")
    path = f"/webhooks/{made.get_json()['id']}"
    for response in (
        web.post("/webhooks", "mesin", {**wanted, "email": "ops@contoh"}),
        web.call("PATCH", path, "mesin", {"email": "j\u00f6rg@contoh.id"}),
    ):
        assert (response.status_code, response.get_json()["code"]) == (422, "invalid_body")
        assert [error["at"] for error in response.get_json()["errors"]] == ["email"]
    assert web.call("PATCH", path, "mesin", {"email": None}).get_json()["email"] is None
