"""Documents come to the counter, are replaced and missed: over HTTP, on slips, pages, in the proof."""

from typing import Any

import pytest
from sqlalchemy import select

from casetrack.storage import schema
from casetrack.storage.people import case_parties
from casetrack.usecases.people import subjects
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from tests.support.erasing import erase
from tests.support.web import APPLICANT, BILLBOARD, LETTER, Web, at_once, refused
from tests.support.world import SAMARINDA

KTP = {"requirement": "ktp", "name": "ktp-budi.pdf", "sha256": "ab" * 32}
REASON = "Foto menyusul, petugas sudah melihat lokasi"


def bring(web: Web, number: str, document: dict[str, Any], who: str = "dewi", **more: Any) -> Any:
    """Somebody brings a document, having seen the case as it is now."""
    etag = more.pop("etag", None) or web.etag(number)
    return web.post(f"/cases/{number}/documents", who, document, etag=etag, **more)


def documents(web: Web, number: str, who: str = "audit") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = web.get(f"/cases/{number}", who).get_json()["documents"]
    return found


def lacking(web: Web) -> str:
    """A billboard's file with an identity card and no photo."""
    return str(web.open({**BILLBOARD, "documents": [KTP]})["number"])


def is_sound(web: Web) -> bool:
    """Nothing differs from what the events say."""
    ctx = web.world.ctx
    changes = list(rebuild(ctx, None, lambda _: None))
    return not changes and verify(ctx, progress=lambda _: None).fault is None


def erase_applicant(web: Web, number: str) -> None:
    with web.world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, number, "applicant")
    assert party is not None
    erase(web.world, Person(SAMARINDA, party.subject), "subject_request")


# --- at the counter -------------------------------------------------------------------------------


def test_what_is_missing_is_brought_and_then_the_file_is_complete(web: Web) -> None:
    number = lacking(web)
    answer = web.act(number, "dewi", "declare_complete", "intake")
    assert refused(answer) == (409, "documents_missing")
    assert answer.get_json()["missing"] == ["foto"]
    web.world.hands.pass_time(hours=1)
    came = bring(web, number, {"requirement": "foto", "name": "foto.jpg"})
    assert came.status_code == 201
    assert came.headers["ETag"] == web.etag(number) == '"2"'
    photo = came.get_json()
    ktp: dict[str, Any] = {**KTP, "id": "doc-1", "status": "received", "file": None}
    ktp["received_by"] = "smr.dewi"
    ktp |= {"received_at": "2026-11-23T01:00:00", "replaced_at": None}
    ktp |= {"original": False, "returned_at": None, "returned_to": None}
    first, second = documents(web, number)
    assert second == photo
    assert {**first, "received_at": first["received_at"][:19]} == ktp
    assert (photo["id"], photo["name"], photo["sha256"]) == ("doc-2", "foto.jpg", None)
    web.play(number, "dewi declare_complete intake")
    assert is_sound(web)


def test_what_is_missing_stands_in_the_list_until_it_comes(web: Web) -> None:
    number = lacking(web)
    (_, photo) = documents(web, number, "rudi")
    assert (photo["requirement"], photo["status"], photo["id"]) == ("foto", "missing", None)
    bring(web, number, {"requirement": "foto"})
    assert [each["status"] for each in documents(web, number)] == ["received", "received"]


def test_a_better_document_replaces_the_one_that_was_sent_back(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, "dewi declare_complete intake")
    dark = [{"requirement": "foto", "text": "terlalu gelap"}]
    web.act(number, "rudi", "return", "review_dlh", defects=dark)
    web.act(number, "dewi", "send_return")
    bright = {"requirement": "foto", "name": "foto-siang.jpg"}
    assert web.act(number, "dewi", "resubmit", documents=[bright]).status_code == 200
    shown = {each["id"]: each for each in documents(web, number)}
    assert [each["status"] for each in shown.values()] == ["received", "replaced", "received"]
    assert shown["doc-2"]["replaced_at"] == shown["doc-3"]["received_at"]
    assert shown["doc-3"]["name"] == "foto-siang.jpg"
    assert is_sound(web)


def test_names_are_tidied_or_refused_at_every_door(web: Web) -> None:
    number = lacking(web)
    came = bring(web, number, {"requirement": "foto", "name": " foto\u200b  lokasi.jpg\u00a0"})
    assert came.get_json()["name"] == "foto lokasi.jpg"
    for name in ("foto\u202egpj.exe", "a\nb.pdf", "\u200b", " ", "..."):
        bad = {"requirement": "foto", "name": name}
        for answer, at in (
            (bring(web, number, bad), "name"),
            (web.act(number, "dewi", "resubmit", documents=[bad]), "documents.0.name"),
            (web.post("/cases", "dewi", {**BILLBOARD, "documents": [bad]}), "documents.0.name"),
        ):
            assert refused(answer) == (422, "invalid_body"), (name, at)
            (error,) = answer.get_json()["errors"]
            assert error["at"] == at
            assert name.strip() == "" or name not in answer.text
    assert len(documents(web, number)) == 2


def test_the_same_request_brings_one_document(web: Web) -> None:
    number = lacking(web)
    seen = web.etag(number)
    answers = [bring(web, number, KTP, etag=seen, key="k") for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert [each["id"] for each in documents(web, number)] == ["doc-1", "doc-2", None]


def test_the_answer_that_is_kept_holds_no_name_since_it_would_outlive_an_erasure(web: Web) -> None:
    number, scan = lacking(web), {**KTP, "name": "kartu-budi.pdf"}
    seen = web.etag(number)
    first = bring(web, number, scan, etag=seen, key="k")
    ctx, path = web.world.ctx, f"/api/v1/cases/{number}/documents"
    with web.world.database.read() as connection:
        row = connection.execute(select(schema.idempotency)).one()
    context = "\n".join((SAMARINDA, row.token, "POST", path, "k"))
    assert b"doc-2" in (kept := ctx.vault.open_answer(row.answer, context))
    assert b"kartu-budi" not in kept
    again = bring(web, number, scan, etag=seen, key="k")
    assert again.get_json() == first.get_json()
    assert again.get_json()["name"] == "kartu-budi.pdf"


def test_who_brings_says_which_version_they_saw(web: Web) -> None:
    number = lacking(web)
    path, seen = f"/cases/{number}/documents", web.etag(number)
    assert refused(web.post(path, "dewi", KTP)) == (428, "if_match_missing")
    assert bring(web, number, KTP, etag=seen).status_code == 201
    assert refused(bring(web, number, KTP, etag=seen)) == (412, "stale")
    assert web.step(number, "intake")["etag"] == '"intake.1"'


# --- a race ---------------------------------------------------------------------------------------


def test_a_document_and_the_declaration_at_one_moment_are_decided_one_after_the_other(
    web: Web,
) -> None:
    web.world.token("wati")
    for _ in range(3):
        came, declared, number = _raced(web)
        status = web.get(f"/cases/{number}", "audit").get_json()["status"]
        assert came.status_code == 201
        assert (declared.status_code, status) in ((200, "in_progress"), (409, "submitted"))
    assert is_sound(web)


def _raced(web: Web) -> tuple[Any, Any, str]:
    number = lacking(web)
    case, step = web.etag(number), web.step(number, "intake")["etag"]

    def do(place: int) -> Any:
        if place == 0:
            return bring(web, number, {"requirement": "foto"}, "wati", etag=case)
        return web.act(number, "dewi", "declare_complete", "intake", etag=step)

    came, declared = at_once(2, do)
    return came, declared, number


# --- let pass -------------------------------------------------------------------------------------


def passed(web: Web) -> tuple[str, str]:
    """A file without its photo that Wati let pass; number and access code."""
    case = web.open({**BILLBOARD, "documents": [KTP]})
    number = str(case["number"])
    declared = web.act(
        number, "wati", "declare_complete", "intake", reason=f" {REASON} ", note="rahasia"
    )
    assert declared.status_code == 200, declared.text
    assert declared.get_json()["waiver"]["requirements"] == ["foto"]
    return number, str(case["access_code"])


def test_a_supervisor_lets_it_pass_and_the_proof_of_registration_says_why(web: Web) -> None:
    number, _ = passed(web)
    for language, words in (
        ("id", "Dinyatakan lengkap tanpa"),
        ("en", "Declared complete without"),
    ):
        slip = web.get(f"/cases/{number}/slips/registration?lang={language}", "dewi").text
        assert words in slip
        assert REASON in slip
        assert "rahasia" not in slip, "the note is for colleagues"
        assert "smr.wati" not in slip
    case = web.get(f"/cases/{number}", "rudi").get_json()
    waiver, said = case["waiver"], [note["text"] for note in case["notes"]]
    assert said == ["rahasia", REASON], "colleagues read both"
    assert (waiver["by"], waiver["reason"]) == ("smr.wati", REASON)
    traced = web.get(f"/cases/{number}/trace", "audit").get_json()["waiver"]
    assert traced == {name: waiver[name] for name in ("requirements", "by", "at")}
    assert is_sound(web)


@pytest.mark.parametrize(
    ("who", "reason"), [("dewi", REASON), ("hadi", REASON), ("wati", None), ("dewi", None)]
)
def test_nobody_else_lets_it_pass_nor_without_a_reason(
    web: Web, who: str, reason: str | None
) -> None:
    answer = web.act(lacking(web), who, "declare_complete", "intake", reason=reason, note="lengkap")
    assert refused(answer) == (409, "documents_missing")


def test_a_reason_that_nobody_can_read_is_none(web: Web) -> None:
    for reason in ("", " \u200b"):
        answer = web.act(lacking(web), "wati", "declare_complete", "intake", reason=reason)
        assert refused(answer) == (409, "documents_missing")
        number = str(web.open(BILLBOARD)["number"])
        declared = web.act(number, "dewi", "declare_complete", "intake", reason=reason)
        assert declared.status_code == 200
    for reason in ("\u202ea", "..."):
        answer = web.act(lacking(web), "wati", "declare_complete", "intake", reason=reason)
        assert refused(answer) == (422, "invalid_body")
        assert answer.get_json()["errors"][0]["at"] == "reason"


def test_a_complete_file_prints_nothing_of_it(web: Web) -> None:
    number = str(web.open(BILLBOARD)["number"])
    web.play(number, "dewi declare_complete intake")
    slip = web.get(f"/cases/{number}/slips/registration", "dewi").text
    assert "Dinyatakan lengkap tanpa" not in slip


# --- what the applicant sees ----------------------------------------------------------------------


def test_the_applicant_reads_what_came_and_what_is_missing(web: Web) -> None:
    case = web.open({**BILLBOARD, "documents": [KTP]})
    number, code = case["number"], case["access_code"]
    headers = {"X-Access-Code": code}
    shown = web.get(f"/status/{number}", headers=headers).get_json()["documents"]
    assert [(each["requirement"], each["label"]["id"]) for each in shown] == [
        ("ktp", "Sudah diterima"),
        ("foto", "Belum diterima"),
    ]
    assert "documents" not in web.get(f"/status/{number}").get_json()
    client = web.flask.test_client()
    page = client.post("/status?lang=en", data={"number": number, "code": code}).text
    assert "Not received yet" in page
    assert "bring what is missing to the counter" in page
    assert KTP["name"] not in page
    bring(web, number, {"requirement": "foto"})
    page = client.post("/status?lang=en", data={"number": number, "code": code}).text
    assert "Not received yet" not in page
    assert "Not received" not in client.get(f"/status?number={number}").text


def test_what_was_sent_back_is_called_so_until_a_better_one_comes(web: Web) -> None:
    case = web.open(BILLBOARD)
    number, code = str(case["number"]), {"X-Access-Code": case["access_code"]}
    web.act(number, "dewi", "return", "intake", defects=[{"requirement": "foto"}])

    def said() -> list[tuple[str, str]]:
        shown = web.get(f"/status/{number}", headers=code).get_json()["documents"]
        return [(each["status"], each["label"]["en"]) for each in shown]

    received = ("received", "Received")
    assert said() == [received, received], "nobody has told the applicant yet"
    web.act(number, "dewi", "send_return")
    assert said() == [received, ("received", "Received, to be put right")]
    web.act(number, "dewi", "resubmit", documents=[{"requirement": "foto"}])
    assert said() == [received, received]


def test_the_receipt_says_what_came_since(web: Web) -> None:
    number = lacking(web)
    receipt = web.get(f"/cases/{number}/slips/receipt?lang=en", "dewi").text
    assert "Still missing" in receipt
    bring(web, number, {"requirement": "foto"})
    assert "Still missing" not in web.get(f"/cases/{number}/slips/receipt?lang=en", "dewi").text


# --- persons --------------------------------------------------------------------------------------


def test_an_erased_person_leaves_documents_without_names(web: Web) -> None:
    number, _ = passed(web)
    erase_applicant(web, number)
    assert refused(bring(web, number, KTP)) == (409, "subject_erased")
    assert bring(web, number, {"requirement": "foto"}).status_code == 201
    assert [each["name"] for each in documents(web, number)] == [None, None]
    assert web.get(f"/cases/{number}", "audit").get_json()["waiver"]["reason"] is None
    slip = web.get(f"/cases/{number}/slips/registration", "dewi").text
    assert "sudah dihapus" in slip
    assert is_sound(web)


def test_a_person_is_shown_the_documents_that_came_later(web: Web) -> None:
    number = lacking(web)
    bring(web, number, {"requirement": "foto", "name": "foto-rumah.jpg"})
    (person,) = subjects.by_case(web.world.ctx, number)
    texts = subjects.show(web.world.ctx, person)["texts"]
    assert len([each for each in texts if each["kind"] == "document"]) == 2
    assert "foto-rumah.jpg" in str(texts)


def test_documents_go_with_a_case_that_is_joined_to_a_person(web: Web) -> None:
    web.open(LETTER)
    other = {**LETTER, "applicant": {**APPLICANT, "name": "Budi Sentosa"}, "documents": [KTP]}
    number = str(web.open(other)["number"])
    for action in ("join", "separate"):
        body = {"action": action, "reason": "KTP dilihat di loket"}
        assert web.post(f"/cases/{number}/identity", "wati", body).status_code == 200
        assert bring(web, number, {**KTP, "name": f"{action}.pdf"}).status_code == 201
        assert is_sound(web)
    names = [each["name"] for each in documents(web, number)]
    assert names == ["ktp-budi.pdf", "join.pdf", "separate.pdf"]
