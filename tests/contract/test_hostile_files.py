"""Who sends files to harm, from another agency or in forms that are none; who reads what is erased."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casetrack.usecases.people import files
from tests.contract.test_documents import documents, erase_applicant
from tests.contract.test_file_scans import BAD, events
from tests.contract.test_files import PDF, billboard, read, rows, stored
from tests.support import scans
from tests.support.clamav import scanner
from tests.support.web import Web, refused
from tests.support.world import SAMARINDA, World

KIND = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture
def scanned(database_url: str, tmp_path: Path) -> Iterator[Web]:
    with scanner() as clamd:
        world = World.make(database_url, tmp_path, CASETRACK_CLAMD=clamd.url)
        yield Web(world)
        world.close()


def part(name: str, content: bytes, more: str = "") -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def test_who_may_not_bring_a_file_hears_so_before_it_is_opened_or_written_down(
    scanned: Web,
) -> None:
    number = billboard(scanned)
    for content in (BAD, scans.pdf(scans.script), b"MZ", PDF):
        assert refused(scanned.bring(number, content, "rini"))[0] == 403
    assert events(scanned, number) == rows(scanned) == stored(scanned) == []


def test_a_name_behind_the_file_is_read_whole_wherever_the_pieces_end(web: Web) -> None:
    number = billboard(web)
    name = "é" * 100
    for shift in range(2):
        behind = part("name", name.encode())
        before = part("requirement", b"foto")
        head = part("file", b"", '; filename="a.pdf"')
        room = 64 * 1024 - len(before) - len(head) - behind.index("é".encode()) - 51 - shift
        content = PDF + b"\n%" + b"x" * (room - len(PDF) - 2)
        raw = before + part("file", content, '; filename="a.pdf"') + behind + b"--x--\r\n"
        path = f"/cases/{number}/documents"
        answer = web.post(path, "dewi", raw=raw, headers=KIND, etag=web.etag(number))
        assert answer.status_code == 201, (shift, answer.text)
        assert answer.get_json()["name"] == name


def test_a_file_that_is_erased_while_it_is_fetched_is_not_there_and_no_fault(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    keeper = web.world.app.ctx.files
    fetch = keeper.fetch

    def late(*args: object) -> None:
        erase_applicant(web, number)
        files.remove_all_due(web.world.ctx, SAMARINDA)
        fetch(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(keeper, "fetch", late)
    assert refused(read(web, number)) == (404, "unknown_file")


ODD_HEADS = (
    '; filename="a\x00.pdf"',
    '; filename="a\tb.pdf"',
    "; filename*=UTF-8''%00%0d%0aX%3a%20y.pdf",
    "; filename*=utf-16''%ff",
    "; filename*=x''a",
    '; filename="' + "a" * 300 + '.pdf"',
    '; filename="\\"; filename="b"',
    '; filename=""',
    '; filename="\udce9.pdf"',
)


@pytest.mark.parametrize("head", ODD_HEADS)
def test_an_odd_name_of_a_file_is_taken_as_words_or_refused(web: Web, head: str) -> None:
    number = billboard(web)
    raw = part("requirement", b"foto") + (
        b'--x\r\nContent-Disposition: form-data; name="file"'
        + head.encode("utf-8", "surrogateescape")
        + b"\r\n\r\n"
        + PDF
        + b"\r\n--x--\r\n"
    )
    path = f"/cases/{number}/documents"
    answer = web.post(path, "dewi", raw=raw, headers=KIND, etag=web.etag(number))
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        given = read(web, number)
        assert given.headers["Content-Disposition"] == f'attachment; filename="{number}-3-foto.pdf"'


@pytest.mark.parametrize(
    "raw",
    [
        b"--x\r\n\r\nfoto\r\n--x--\r\n",
        b"--x\r\nContent-Disposition: attachment\r\n\r\nfoto\r\n--x--\r\n",
        b"--x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n--x--\r\n",
        part("requirement", b"foto") * 2 + b"--x--\r\n",
        part("requirement", b"\xff") + b"--x--\r\n",
        part("requirement", b"f" * 5000) + b"--x--\r\n",
        b"".join(part(f"n{at}", b"1") for at in range(20)) + b"--x--\r\n",
        part("file", PDF, '; filename="a"') * 2 + b"--x--\r\n",
        part("requirement", b"foto") + part("file", PDF, '; filename="a"'),
        part("requirement", b"foto") + part("file", b"", '; filename="a"') + b"--x--\r\n",
        part("requirement", b"foto\x00") + part("file", PDF, '; filename="a"') + b"--x--\r\n",
    ],
    ids=range(11),
)
def test_a_form_that_is_made_to_break_the_door_is_refused(web: Web, raw: bytes) -> None:
    number = billboard(web)
    path = f"/cases/{number}/documents"
    answer = web.post(path, "dewi", raw=raw, headers=KIND, etag=web.etag(number))
    assert answer.status_code in (413, 422), answer.text
    assert len(documents(web, number)) == 2


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "; boundary=",
        "; boundary=" + "x" * 5000,
        '; boundary="\xe9 \\""',
        "; boundary=x; charset=utf-7",
    ],
)
def test_an_odd_boundary_is_no_fault_of_the_server(web: Web, kind: str) -> None:
    number = billboard(web)
    heads = {"Content-Type": f"multipart/form-data{kind}"}
    raw = part("requirement", b"foto") + b"--x--\r\n"
    answer = web.post(f"/cases/{number}/documents", "dewi", raw=raw, headers=heads, etag='"1"')
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "asked", ["bytes=0-0", "bytes=-1", "bytes=9999999-", "x=1", "bytes=0-1,5-9"]
)
def test_who_asks_for_a_piece_of_a_file_has_it_whole(web: Web, asked: str) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    path = f"/cases/{number}/documents/doc-3/file"
    given = web.get(path, "dewi", headers={"Range": asked})
    assert (given.status_code, given.data) == (200, PDF)


@pytest.mark.parametrize(
    "document",
    ["doc-0", "doc--1", "doc-03", "doc-3%00", "doc-٣", "..%2fdoc-3", "doc-99999999999999999999"],
)
def test_an_odd_name_of_a_document_is_unknown(web: Web, document: str) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    assert read(web, number, document).status_code == 404
