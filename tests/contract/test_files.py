"""Papers come with their files: opened, sealed, kept, read by who reads the paper, over HTTP."""

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from werkzeug.datastructures import FileStorage

from casetrack.storage import migrate, schema
from casetrack.usecases.people import files, subjects
from casetrack.usecases.proof.rebuild import rebuild
from casetrack.usecases.proof.verify import verify
from casetrack.usecases.region import loading
from tests.contract.test_documents import documents, erase_applicant, is_sound
from tests.support import scans
from tests.support.commands import run_command
from tests.support.web import BILLBOARD, Web, at_once, refused
from tests.support.world import SAMARINDA, World, environment_for, samarinda
from tests.support.world import billboard as billboard_service

PDF = scans.pdf()


def billboard(web: Web) -> str:
    return str(web.open(BILLBOARD)["number"])


def stored(web: Web) -> list[Path]:
    """What lies in the folder of files."""
    folder = web.world.app.settings.files.folder
    assert folder is not None
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read(web: Web, number: str, document: str = "doc-3", who: str = "dewi") -> Any:
    return web.get(f"/cases/{number}/documents/{document}/file", who)


def rows(web: Web, table: Any = schema.files) -> list[Any]:
    with web.world.database.read() as connection:
        return list(connection.execute(select(table)))


# --- in and out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (PDF, "application/pdf", "pdf"),
        (scans.picture("JPEG"), "image/jpeg", "jpg"),
        (scans.picture("PNG"), "image/png", "png"),
        (scans.picture("WEBP", 9, 9), "image/webp", "webp"),
    ],
    ids=["pdf", "jpeg", "png", "webp"],
)
def test_what_was_brought_comes_out_byte_for_byte_as_an_attachment(
    web: Web, content: bytes, kind: str, ending: str
) -> None:
    number = billboard(web)
    came = web.bring(number, content, name="../../foto lokasi.exe")
    assert came.status_code == 201, came.text
    assert came.headers["ETag"] == web.etag(number)
    assert came.get_json()["name"] == "../../foto lokasi.exe"
    assert came.get_json()["sha256"] == hashlib.sha256(content).hexdigest()
    wanted = {"type": kind, "size": len(content), "scan": "not_scanned"}
    assert came.get_json()["file"] == wanted
    assert documents(web, number)[2]["file"] == wanted
    given = read(web, number)
    assert given.data == content
    headers = {name.lower(): value for name, value in given.headers.items()}
    assert headers["content-disposition"] == f'attachment; filename="{number}-3-foto.{ending}"'
    assert headers["content-type"] == kind
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cache-control"] == "no-store"
    assert is_sound(web)


def test_what_lies_in_the_store_is_sealed_and_only_its_owner_s(web: Web) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    (path,) = stored(web)
    assert path.parent.name == SAMARINDA
    assert b"%PDF" not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    (row,) = rows(web)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row.digest
    with web.world.database.read() as connection:
        bodies = connection.execute(
            select(schema.events.c.body).where(schema.events.c.stream == number)
        )
        said = " ".join(bodies.scalars())
    assert hashlib.sha256(PDF).hexdigest() not in said
    assert row.digest in said


def test_a_file_that_was_changed_in_the_store_is_not_shown(web: Web) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    (path,) = stored(web)
    whole = path.read_bytes()
    for broken in (
        whole[:-1] + bytes([whole[-1] ^ 1]),
        whole[: len(whole) // 2],
        whole + b"x",
        b"",
    ):
        path.write_bytes(broken)
        assert refused(read(web, number)) == (500, "file_not_as_kept")
    path.unlink()
    assert refused(read(web, number)) == (500, "file_not_as_kept")
    path.write_bytes(whole)
    assert read(web, number).data == PDF


# --- who ------------------------------------------------------------------------------------------


def test_a_paper_that_names_its_readers_has_a_file_for_nobody_else(world: World) -> None:
    service = billboard_service()
    asked = tuple(
        replace(each, readers=("dlh",)) if each.id == "foto" else each
        for each in service.requirements
    )
    changed = replace(service, version=2, requirements=asked)
    loading.load(world.ctx, samarinda(changed))
    web = Web(world)
    number = billboard(web)
    web.bring(number, PDF)
    for who in ("dewi", "rudi"):
        assert read(web, number, who=who).data == PDF
    for who in ("sari", "audit"):
        assert refused(read(web, number, who=who)) == (404, "unknown_file")
        assert documents(web, number, who)[2]["file"] is None
    for who in ("tono", "sby.audit"):
        assert refused(read(web, number, who=who)) == (404, "unknown_case")


def test_each_look_at_a_file_is_recorded_before_it_is_given_out(web: Web) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    for _ in range(2):
        read(web, number, who="rudi")
    looks = web.get(f"/cases/{number}/readings", "audit").get_json()["items"]
    assert [look["officer"] for look in looks if look["kind"] == "file"] == ["smr.rudi"] * 2
    (path,) = stored(web)
    path.unlink()
    read(web, number, who="rudi")
    looks = web.get(f"/cases/{number}/readings", "audit").get_json()["items"]
    assert len([look for look in looks if look["kind"] == "file"]) == 3


def test_a_document_without_a_file_has_none_to_give(web: Web) -> None:
    number = billboard(web)
    for document in ("doc-1", "doc-9", "x"):
        assert refused(read(web, number, document)) == (404, "unknown_file")


# --- what is refused ------------------------------------------------------------------------------


def test_a_refused_file_says_what_is_wrong_and_leaves_nothing(web: Web) -> None:
    number = billboard(web)
    answer = web.bring(number, scans.pdf(scans.script), headers={"Accept-Language": "id"})
    assert refused(answer) == (422, "file_active")
    assert answer.get_json()["where"] == "document"
    assert "cetak sebagai PDF" in answer.get_json()["detail"]
    assert len(documents(web, number)) == 2
    assert stored(web) == rows(web) == rows(web, schema.leaving_files) == []


def test_a_file_is_as_large_as_its_requirement_says(world: World) -> None:
    service = billboard_service()
    small, large = (
        replace(each, file_mb=size)
        for each, size in zip(service.requirements, (1, 12), strict=True)
    )
    changed = replace(service, version=2, requirements=(small, large))
    loading.load(world.ctx, samarinda(changed))
    web = Web(world)
    number = billboard(web)
    for requirement, megabytes, status in (
        ("ktp", 1, 413),
        ("foto", 11, 201),
        ("foto", 12, 413),
        ("foto", 26, 413),
    ):
        padded = PDF + b"\n%" + b"x" * megabytes * 1_000_000
        answer = web.bring(number, padded, requirement=requirement)
        assert answer.status_code == status, answer.text
        if status == 413:
            assert refused(answer) == (413, "file_too_large")
    # What is too large for all requirements is told the largest of them, not what casetrack could take.
    assert answer.get_json()["megabytes"] == 12


def test_a_megabyte_is_a_million_bytes_and_the_limit_is_exact(web: Web) -> None:
    number = billboard(web)
    whole = PDF + b"\n%" + b"x" * (10_000_000 - len(PDF) - 2)
    assert web.bring(number, whole).status_code == 201
    for large in (whole + b"x", whole + b"x" * (10 * 1024 * 1024 - 10_000_000), whole * 4):
        answer = web.bring(number, large)
        assert refused(answer) == (413, "file_too_large")
        assert answer.get_json()["megabytes"] == 10
        assert "10 MB (10,000,000 bytes)" in answer.get_json()["detail"]


def test_an_installation_without_what_opens_files_says_that_it_takes_none(web: Web) -> None:
    number = billboard(web)
    web.world.app.ctx.files.takes = False
    assert refused(web.bring(number, PDF)) == (501, "files_not_taken")
    listed = {"requirement": "foto", "name": "foto.pdf"}
    assert web.post(f"/cases/{number}/documents", "dewi", listed, etag='"1"').status_code == 201


def test_a_form_that_is_none_is_refused_in_words(web: Web) -> None:
    number, path = billboard(web), "/cases/{}/documents"
    etag = web.etag(number)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for raw, heads, wanted in (
        (b"--x\r\nnothing", kind, (422, "malformed_form")),
        (b"", kind, (422, "invalid_body")),
        (b"--x--", {"Content-Type": "multipart/form-data"}, (422, "malformed_form")),
        (
            b'--x\r\nContent-Disposition: form-data; name="requirement"\r\n\r\nfoto\r\n--x--\r\n',
            kind,
            (422, "invalid_body"),
        ),
    ):
        answer = web.post(path.format(number), "dewi", raw=raw, headers=heads, etag=etag)
        assert refused(answer) == wanted, raw
    wrong = web.bring(number, PDF, fields={"sha256": "0" * 64})
    assert refused(wrong) == (422, "invalid_body")
    assert refused(web.bring(number, PDF, requirement="paspor")) == (422, "unknown_requirement")
    assert refused(web.bring(number, PDF, fields={"colour": "red"})) == (422, "invalid_body")
    assert stored(web) == []


def test_a_text_that_is_too_long_is_said_so_and_not_that_the_file_is(web: Web) -> None:
    number = billboard(web)
    for field in ("name", "colour", "original", "sha256"):
        answer = web.bring(number, PDF, fields={field: "x" * 4097})
        assert refused(answer) == (422, "invalid_body"), field
        (error,) = answer.get_json()["errors"]
        assert error["at"] == field
        assert error["message"] == "a text in a form has at most 4096 bytes"
    strange = web.bring(number, PDF, fields={"y" * 300: "x" * 5000}).get_json()
    assert strange["errors"][0]["at"] == "form"
    many = web.bring(number, PDF, fields={f"p{place}": "x" for place in range(9)})
    assert refused(many) == (422, "malformed_form")
    assert "the parts requirement and file, and at most 8 in all" in many.get_json()["detail"]
    assert stored(web) == []


def test_a_decided_case_takes_no_file_and_what_was_put_leaves_the_store(web: Web) -> None:
    number = billboard(web)
    web.act(number, "dewi", "withdraw")
    assert refused(web.bring(number, PDF)) == (409, "status_forbids")
    assert len(stored(web)) == 1
    assert files.remove_once(web.world.ctx) == 0
    web.world.hands.pass_time(hours=2)
    assert files.remove_once(web.world.ctx) == 1
    assert stored(web) == rows(web, schema.leaving_files) == []


# --- again ----------------------------------------------------------------------------------------


def test_the_same_form_again_has_one_effect_whatever_its_boundary(web: Web) -> None:
    number = billboard(web)
    etag = web.etag(number)
    first = web.bring(number, PDF, key="scan-1", etag=etag)
    again = web.bring(number, PDF, key="scan-1", etag=etag)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    assert len(stored(web)) == len(rows(web)) == 1
    other = web.bring(number, scans.pdf(pages=2), key="scan-1", etag=etag)
    assert refused(other) == (422, "idempotency_key_reused")


def test_equal_forms_at_once_have_one_effect(web: Web) -> None:
    number = billboard(web)
    etag = web.etag(number)
    web.world.token("dewi")
    answers = at_once(4, lambda _: web.bring(number, PDF, key="scan-1", etag=etag))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [answer.status_code for answer in answers].count(201) >= 1
    assert len(documents(web, number)) == 3
    assert len(rows(web)) == 1
    web.world.hands.pass_time(hours=2)
    files.remove_all_due(web.world.ctx, SAMARINDA)
    assert len(stored(web)) == 1
    assert is_sound(web)


def test_without_an_etag_nothing_is_put_into_the_store(web: Web) -> None:
    number = billboard(web)
    form = {"requirement": "foto", "file": FileStorage(BytesIO(PDF), "a.pdf")}
    answer = web.post(f"/cases/{number}/documents", "dewi", form=form)
    assert refused(answer) == (428, "if_match_missing")
    stale = web.bring(number, PDF, etag='"99"')
    assert refused(stale) == (412, "stale")
    assert rows(web) == []


# --- erasing --------------------------------------------------------------------------------------


def test_who_is_erased_leaves_no_byte_of_a_file(web: Web) -> None:
    number, other = billboard(web), billboard(web)
    web.bring(number, PDF)
    web.bring(other, scans.pdf(pages=3))
    for case in (number, other):
        web.act(case, "dewi", "withdraw")
    erase_applicant(web, number)
    assert files.remove_all_due(web.world.ctx, SAMARINDA)
    assert stored(web) == rows(web) == []
    assert refused(read(web, number)) == (404, "unknown_file")
    assert documents(web, number)[2]["file"] is None
    assert is_sound(web)


def test_a_file_goes_with_its_case_to_another_person(web: Web) -> None:
    web.open(BILLBOARD)
    other = {**BILLBOARD["applicant"], "name": "Budi Sentosa"}
    number = str(web.open({**BILLBOARD, "applicant": other})["number"])
    web.bring(number, PDF)
    for action in ("join", "separate"):
        body = {"action": action, "reason": "KTP dilihat di loket"}
        done = web.post(f"/cases/{number}/identity", "wati", body)
        assert done.status_code == 200, done.text
        assert read(web, number).data == PDF
        assert is_sound(web)


def test_what_is_kept_of_a_person_names_their_files_and_shows_no_key(web: Web) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    (who,) = subjects.by_case(web.world.ctx, number)
    held = subjects.show(web.world.ctx, who)
    wanted = {"number": number, "kind": "pdf", "size": len(PDF), "scan": "not_scanned"}
    assert held["files"] == [wanted]
    said = [json.loads(text["text"]) for text in held["texts"] if text["kind"] == "document"]
    assert {"name": "foto.pdf", "sha256": hashlib.sha256(PDF).hexdigest()} in said
    assert not any("key" in each for each in said)


def test_what_an_older_release_left_of_somebody_whom_it_erased_leaves_with_the_upgrade(
    web: Web,
) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    (kept,) = rows(web)
    with web.world.database.write() as uow:
        # As it erases: the texts, and nothing of files.
        uow.execute(delete(schema.texts).where(schema.texts.c.kind == "document"))
    migrate.downgrade(web.world.database, "0024_first")
    migrate.upgrade(web.world.database)
    assert rows(web) == []
    assert [row.file for row in rows(web, schema.leaving_files)] == [kept.file]
    # The migration has the machine's clock, and this world stands still some days before it.
    web.world.hands.pass_time(days=36500)
    assert files.remove_once(web.world.ctx) == 1
    assert stored(web) == []


# --- what is proved -------------------------------------------------------------------------------


def test_verify_reads_every_file_and_names_what_is_missing_or_changed(web: Web) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    web.bring(number, scans.pdf(pages=2), requirement="ktp")
    first, second = stored(web)
    found = verify(web.world.ctx, progress=lambda _: None)
    assert (found.fault, found.files.read) == (None, 2)
    first.unlink()
    whole = second.read_bytes()
    second.write_bytes(whole + b"x")
    found = verify(web.world.ctx, progress=lambda _: None)
    assert found.fault is not None
    assert (found.fault.kind, found.fault.stream) == ("file", number)
    without = verify(web.world.ctx, files=False, progress=lambda _: None)
    assert (without.fault, without.files.read) == (None, 0)
    details = {each["file"]: each["detail"] for each in found.files.wrong}
    assert details == {
        f"{SAMARINDA}/{first.name}": "is not in the store",
        f"{SAMARINDA}/{second.name}": "is not what was put into the store",
    }


def test_the_command_says_which_files_are_missing_and_reads_none_where_it_is_told_so(
    web: Web,
) -> None:
    number, settings = billboard(web), web.world.app.settings
    web.bring(number, PDF)
    environment = environment_for(settings.database_url, settings.data_dir)
    run_command(environment, ["officers"])
    assert "1 files were read in the store" in run_command(environment, ["verify"]).output
    stored(web)[0].unlink()
    lost = run_command(environment, ["verify", "--case", number])
    assert lost.exit_code == 1
    assert f"{number}: file {SAMARINDA}/" in lost.output
    unread = run_command(environment, ["verify", "--no-files"])
    assert (unread.exit_code, "No file was read" in unread.output) == (0, True)


def test_a_row_of_a_file_that_was_changed_is_named_and_mended(web: Web) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    before = rows(web)
    for change in (
        update(schema.files).values(digest="0" * 64),
        update(schema.files).values(scan="clean"),
        delete(schema.files),
    ):
        with web.world.database.write() as uow:
            uow.execute(change)
        fault = verify(web.world.ctx, progress=lambda _: None).fault
        assert fault is not None
        assert fault.kind == "file_state"
        list(rebuild(web.world.ctx, None, lambda _: None))
        assert rows(web) == before
        assert is_sound(web)
