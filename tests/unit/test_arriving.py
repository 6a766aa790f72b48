"""Where a request ends, however it comes in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.cli.arriving import LARGEST_HEAD, Arriving, HeadTooLong
from casetrack.web.http.bodies import LARGEST_BODY, LARGEST_COMPARED, LARGEST_UPLOAD, largest_body

LARGEST = 1000
ASK = b"GET /status HTTP/1.1\r\nHost: here\r\n\r\n"
SEND = b"POST /api/v1/cases HTTP/1.1\r\nHost: here\r\n"
SAID = SEND + b"Content-Length: 5\r\n\r\nhello"
PIECES = (
    SEND + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n\r\n\r\n\r\n\r\n0\r\n\r\n"
)
TRAILED = SEND + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n00\r\nX-Sum: 1\r\nY: 2\r\n\r\n"


def arriving(data: bytes) -> Arriving:
    found = Arriving(LARGEST)
    found.add(data)
    return found


@pytest.mark.parametrize("request_", [ASK, SAID, PIECES, TRAILED])
def test_byte_by_byte_a_request_is_whole_with_its_last_byte(request_: bytes) -> None:
    coming = Arriving(LARGEST)
    for byte in request_:
        assert not coming.is_whole()
        coming.add(bytes([byte]))
    assert coming.is_whole()
    assert not coming.is_cut
    assert coming.take() == request_
    assert len(coming) == 0
    assert not coming.is_whole()


@given(
    st.lists(st.sampled_from([ASK, SAID, PIECES, TRAILED]), min_size=1, max_size=5),
    st.data(),
)
def test_requests_behind_each_other_are_taken_one_by_one_wherever_they_are_parted(
    requests: list[bytes], data: st.DataObject
) -> None:
    coming, whole, taken = Arriving(LARGEST), b"".join(requests), []
    while whole:
        size = data.draw(st.integers(1, len(whole)))
        coming.add(whole[:size])
        whole = whole[size:]
        while coming.is_whole():
            taken.append(coming.take())
    assert taken == requests


def test_a_body_that_is_announced_too_long_is_not_waited_for() -> None:
    head = SEND + b"Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n"
    coming = arriving(head)
    assert coming.is_whole()
    assert coming.is_cut
    assert not coming.expects
    assert coming.take() == head


def test_a_body_in_chunks_is_cut_as_soon_as_more_of_it_is_there_than_may_be() -> None:
    coming = arriving(SEND + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(10):
        coming.add(b"64\r\n" + b" " * 100 + b"\r\n")
        assert not coming.is_whole()
    coming.add(b"64\r\n ")
    assert coming.is_whole()
    assert coming.is_cut
    one = arriving(SEND + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n" + b" " * 1000)
    assert not one.is_whole()
    one.add(b"  ")
    assert one.is_whole()
    assert one.is_cut


@pytest.mark.parametrize(
    "chunks", [b"hello\r\n", b"-5\r\n", b"0x5\r\n", b"\r\n", b"1" * 5000, b"0\r\n" + b"X: 1\r\n" * 6000]
)  # fmt: skip
def test_what_is_no_chunk_is_handed_on_to_be_refused(chunks: bytes) -> None:
    coming = arriving(SEND + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert coming.is_whole()
    assert coming.is_cut


def test_padded_chunks_are_not_gathered_for_ever() -> None:
    coming = arriving(SEND + b"Transfer-Encoding: chunked\r\n\r\n")
    padded = b"1;" + b"x" * 100 + b"\r\n \r\n"
    added = 0
    while not coming.is_whole():
        coming.add(padded)
        added += len(padded)
        assert added < 10 * LARGEST
    assert coming.is_cut


def test_who_expects_to_be_let_in_is_known_by_the_head() -> None:
    coming = arriving(SEND + b"Content-Length: 5\r\nexpect: 100-Continue\r\n\r\n")
    assert not coming.is_whole()
    assert coming.has_head
    assert coming.expects
    coming.add(b"hello" + ASK)
    assert coming.is_whole()
    coming.take()
    assert coming.is_whole()
    assert not coming.expects


@pytest.mark.parametrize("ending", [b"", b"\r\n\r\n"])
def test_a_head_may_not_be_longer_than_ours_are(ending: bytes) -> None:
    with pytest.raises(HeadTooLong):
        arriving(b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD + ending).is_whole()


# --- large bodies ---------------------------------------------------------------------------------

UPLOAD = b"POST /up HTTP/1.1\r\nHost: here\r\nContent-Length: 5000\r\n\r\n" + b"a1b2c" * 1000


def large(head: bytes) -> int:
    return 6000 if head.startswith(b"POST /up ") else LARGEST


@pytest.mark.parametrize("size", [1, 7, 999, len(UPLOAD), len(UPLOAD) + len(ASK)])
def test_a_large_body_lies_on_disk_and_what_follows_it_is_the_next_request(size: int) -> None:
    coming, whole = Arriving(LARGEST, large), UPLOAD + ASK + UPLOAD + SAID
    taken = []
    for place in range(0, len(whole), size):
        coming.add(whole[place : place + size])
        while coming.is_whole():
            assert not coming.is_cut
            taken.append(b"".join(coming.pieces()))
        held = len(coming) if size < LARGEST else 0
        assert held <= len(UPLOAD) - 5000 + LARGEST, "not in memory"
    assert taken == [UPLOAD, ASK, UPLOAD, SAID]
    assert (len(coming), coming.on_disk) == (0, 0)


def test_a_body_that_is_large_for_its_head_or_in_pieces_is_cut() -> None:
    for head in (
        b"POST /other HTTP/1.1\r\nContent-Length: 5000\r\n\r\n",
        b"POST /up HTTP/1.1\r\nContent-Length: 6001\r\n\r\n",
        b"POST /up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % 5000,
    ):
        coming = Arriving(LARGEST, large)
        coming.add(head + b"x" * 5000)
        assert coming.is_whole()
        assert coming.is_cut
        assert coming.on_disk == 0


@pytest.mark.parametrize(
    ("head", "most"),
    [
        (b"POST /api/v1/cases/SMR-1/documents HTTP/1.1\r\nAuthorization: Bearer x\r\n"
         b"Content-Type: multipart/form-data; boundary=x\r\n", LARGEST_UPLOAD),
        (b"POST /api/v1/cases/SMR-1/documents HTTP/1.1\r\n"
         b"content-type: Multipart/Form-Data;boundary=x\r\nAUTHORIZATION:bearer x\r\n",
         LARGEST_UPLOAD),
        (b"POST /api/v1/cases/SMR-1/documents HTTP/1.1\r\n"
         b"Content-Type: multipart/form-data; boundary=x\r\n", LARGEST_BODY),
        (b"POST /api/v1/cases/SMR-1/documents HTTP/1.1\r\nAuthorization: Bearer x\r\n"
         b"Content-Type: application/json\r\n", LARGEST_BODY),
        (b"POST /api/v1/cases HTTP/1.1\r\nAuthorization: Bearer x\r\n"
         b"Content-Type: multipart/form-data; boundary=x\r\n", LARGEST_BODY),
        (b"POST /status HTTP/1.1\r\nX: /api/v1/cases/SMR-1/documents HTTP/1.1\r\n"
         b"Authorization: Bearer x\r\nContent-Type: multipart/form-data; boundary=x\r\n",
         LARGEST_BODY),
        (b"POST /verifikasi?lang=id HTTP/1.1\r\n"
         b"Content-Type: multipart/form-data; boundary=x\r\n", LARGEST_COMPARED),
        (b"POST /verifikasi/SMR-1 HTTP/1.1\r\n"
         b"Content-Type: multipart/form-data; boundary=x\r\n", LARGEST_BODY),
        (b"POST /verifikasi HTTP/1.1\r\n"
         b"Content-Type: application/x-www-form-urlencoded\r\n", LARGEST_BODY),
    ],
)  # fmt: skip
def test_a_large_body_is_for_a_form_with_a_file_of_who_names_a_token_or_has_one_compared(
    head: bytes, most: int
) -> None:
    assert largest_body(head) == most
