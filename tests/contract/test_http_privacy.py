"""Words about persons are planted at every door and then looked for everywhere but in sealed rows."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import LargeBinary

from casetrack.operations.log_lines import JsonLines
from casetrack.storage import schema
from casetrack.usecases.people.sealing import text_context
from tests.support.web import BOTH, Web, shared_world

PLANTED = {
    "name": "Zulkarnaen Planted",
    "nik": "6472019912340077",
    "email": "planted.address@example.id",
    "phone": "+6281199900077",
    "address": "Jalan Tertanam Nomor 77",
    "representative": "Wakil Tertanam",
    "representative e-mail": "planted.agent@example.id",
    "remark": "planted remark about the neighbour",
    "file": "planted-ktp-of-zul.pdf",
    "sha256": "abcdef0123456789" * 4,
    "note": "planted note of the officer",
    "defect": "planted defect text",
    "reason": "planted reason to reopen",
    "brought later": "planted-photo-of-zul.jpg",
    "waiver": "planted reason to let it pass",
    "case note": "planted note on the case",
}
#: What is encrypted: the only columns that may hold these words, and they hold them unreadably.
SEALED = {
    ("texts", "sealed"),
    ("complaint_texts", "sealed"),
    ("complaints", "wrapped_key"),
    ("subjects", "wrapped_key"),
    ("officer_profiles", "sealed"),
    ("officer_profiles", "wrapped_key"),
    ("officer_addresses", "sealed"),
    ("officer_addresses", "wrapped_key"),
    ("signings", "sealed"),
    ("idempotency", "answer"),
    ("subscriptions", "sealed"),
    ("resends", "sealed"),
}


def _application() -> dict[str, Any]:
    return {
        "service": "izin-reklame",
        "facts": {"width_cm": 400, "location": "64.72.03", "remark": PLANTED["remark"]},
        "applicant": {
            "kind": "person",
            "name": PLANTED["name"],
            "nik": PLANTED["nik"],
            "email": PLANTED["email"],
            "phone": PLANTED["phone"],
            "address": PLANTED["address"],
        },
        "representative": {
            "kind": "person",
            "name": PLANTED["representative"],
            "email": PLANTED["representative e-mail"],
        },
        "documents": [{"requirement": "ktp", "name": PLANTED["file"], "sha256": PLANTED["sha256"]}],
    }


@dataclass
class Told:
    """A case in which every planted word was said, its access code, and all that was logged."""

    web: Web
    number: str
    code: str
    lines: list[str]

    @property
    def words(self) -> dict[str, str]:
        """What is looked for."""
        return {**PLANTED, "access code": self.code}


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(JsonLines("test"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module", params=BOTH)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """Everything is said once; the tests only look for it."""
    handler, root = _Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with shared_world(request, tmp_path_factory) as world:
        yield _say_it_all(Web(world), handler.lines)
    root.setLevel(level)
    root.removeHandler(handler)


def _say_it_all(web: Web, lines: list[str]) -> Told:
    case = web.open(_application(), key="opening")
    number, code = case["number"], case["access_code"]
    passed = web.act(number, "wati", "declare_complete", "intake", note=PLANTED["note"], key="a",
                     reason=PLANTED["waiver"])  # fmt: skip
    assert passed.get_json()["waiver"]["requirements"] == ["foto"]
    photo = {"requirement": "foto", "name": PLANTED["brought later"]}
    web.post(f"/cases/{number}/documents", "dewi", photo, etag=web.etag(number), key="photo")
    web.act(number, "rudi", "return", "review_dlh", note=PLANTED["note"],
            defects=[{"requirement": "foto", "text": PLANTED["defect"]}])  # fmt: skip
    web.act(number, "dewi", "send_return", note=PLANTED["case note"])
    web.act(number, "dewi", "resubmit", note=PLANTED["case note"])
    web.act(number, "rudi", "complete", "review_dlh", result="favourable")
    reopened = web.act(number, "rini", "reopen", "review_dlh", reason=PLANTED["reason"])
    assert reopened.status_code == 200
    # A refused attempt and a body that cannot be taken are written down without their words too.
    web.act(number, "rudi", "complete", "review_dlh", result="favourable",
            note=PLANTED["note"], as_position="kepala")  # fmt: skip
    web.post("/cases", "dewi", {**_application(), "service": PLANTED["name"]})
    web.post("/cases/find", "dewi", {"nik": PLANTED["nik"]})
    web.get(f"/cases/{number}", "dewi")
    web.get(f"/status/{number}?code={code}")
    web.get(f"/status/{number}?code=WRONGWRO")
    web.get(f"/cases/{number}/slips/receipt", "dewi", headers={"X-Access-Code": code})
    web.call("POST", "//status", raw=f"number={number}&code={code}".encode(),
             headers={"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    web.deliver()
    return Told(web, number, code, lines)


def _database(web: Web) -> Iterator[tuple[str, str, str]]:
    """Every value of every column, as text."""
    with web.world.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                for column, value in row._mapping.items():
                    if isinstance(value, bytes | memoryview):
                        yield table.name, column, bytes(value).decode("latin-1")
                    elif value is not None:
                        yield table.name, column, str(value)


def _found(text: str, words: dict[str, str]) -> list[str]:
    return [kind for kind, word in words.items() if word.lower() in text.lower()]


def test_the_words_were_kept_and_can_be_read_by_whom_they_concern(told: Told) -> None:
    """So that the searches below cannot pass for want of anything to find."""
    subjects: dict[str, bytes] = {}
    with told.web.world.database.read() as connection:
        for row in connection.execute(schema.subjects.select()):
            key = told.web.world.ctx.vault.unwrap(row.wrapped_key, row.region, row.subject)
            subjects[row.subject] = key
        rows = connection.execute(schema.texts.select()).all()
    assert {row.kind for row in rows} == {"party", "fact", "document", "note", "defect"}
    opened = "".join(
        told.web.world.ctx.vault.open(
            subjects[row.subject], row.sealed, text_context(row.region, row.text)
        )
        for row in rows
    )
    assert _found(opened, PLANTED) == list(PLANTED)


def test_no_planted_word_is_in_any_row_of_the_database(told: Told) -> None:
    values = list(_database(told.web))
    assert {table for table, _, _ in values} >= {
        "events",
        "ledger",
        "deliveries",
        "cases",
        "idempotency",
        "guesses",
    }
    found = [(t, c, kind) for t, c, text in values for kind in _found(text, told.words)]
    assert found == []


def test_only_sealed_columns_are_binary() -> None:
    binary = {
        (table.name, column.name)
        for table in schema.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == SEALED


def test_no_planted_word_leaves_by_events_feed_trace_lists_or_status(told: Told) -> None:
    number, code = told.number, told.code
    for path, who in (
        (f"/cases/{number}/events", "audit"),
        (f"/cases/{number}/trace", "audit"),
        (f"/cases/{number}/messages", "audit"),
        (f"/cases/{number}/readings", "audit"),
        ("/readings", "audit"),
        ("/events", "mesin"),
        ("/cases", "audit"),
        ("/worklist", "rudi"),
        ("/untold", "dewi"),
        (f"/status/{number}", None),
        (f"/status/{number}?code={code}", None),
        ("//metrics", None),
    ):
        response = told.web.get(path, who)
        assert response.status_code == 200, path
        # The applicant may read what was said to them, staff whose case a list is about.
        said = {"defect"} if "code=" in path else set()
        said |= {"name"} if path in ("/cases", "/worklist") else set()
        assert set(_found(response.text, told.words)) <= said, path


def test_no_message_holds_a_planted_word(told: Told) -> None:
    mails = [path.read_text() for path in told.web.world.mail.glob("*.eml")]
    assert len(mails) >= 2
    allowed = {"email", "representative e-mail"}  # they stand on the envelope
    for mail in mails:
        assert set(_found(mail, told.words)) <= allowed


def test_no_planted_word_is_logged(told: Told) -> None:
    assert any('"operation": "read_status"' in line for line in told.lines)
    assert any('"operation": "deliver email"' in line for line in told.lines)
    assert _found("\n".join(told.lines), told.words) == []


def test_a_refusal_does_not_repeat_what_was_sent(told: Told) -> None:
    applicant = _application()["applicant"]
    for change in (
        {"applicant": {**applicant, "nik": "x"}},
        {"applicant": {**applicant, "email": "planted"}},
        {"facts": {"width_cm": PLANTED["remark"], "location": "x"}},
    ):
        response = told.web.post("/cases", "dewi", {**_application(), **change})
        assert response.status_code == 422
        assert _found(response.text, PLANTED) == []
