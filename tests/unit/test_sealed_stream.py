"""A sealed file opens piece by piece, and only whole, unchanged, and under its own key and name."""

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetrack.domain.people.stored_files import FileBroken
from casetrack.gateways.stored_files.sealed_stream import PIECE, SEAL, Hashed, opened, seal

KEY, NAME = b"k" * 32, "file:64.72:a"
MARK = len(b"casetrack-file-1\n")
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5)


def sealed(content: bytes) -> bytes:
    into = io.BytesIO()
    digest = seal(io.BytesIO(content), into, KEY, NAME)
    assert digest == hashlib.sha256(into.getvalue()).hexdigest()
    return into.getvalue()


def out(content: bytes, key: bytes = KEY, name: str = NAME) -> bytes:
    return b"".join(opened(io.BytesIO(content), key, name))


def some(size: int) -> bytes:
    return hashlib.shake_128(b"seed").digest(size)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_out_and_shows_nothing_on_the_way(size: int) -> None:
    content = some(size)
    kept = sealed(content)
    assert out(kept) == content
    assert size < 16 or content[:16] not in kept


@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_is_cut_anywhere_does_not_open(size: int) -> None:
    kept = sealed(some(size))
    ends = {0, MARK - 1, MARK, MARK + SEAL, len(kept) - 1, *range(MARK, len(kept), PIECE + SEAL)}
    for end in sorted(ends - {len(kept)}):
        with pytest.raises(FileBroken):
            out(kept[:end])


@given(st.integers(0, 3 * PIECE), st.integers(0, 7))
def test_one_bit_that_was_changed_is_found(place: int, bit: int) -> None:
    kept = bytearray(sealed(some(2 * PIECE + 9)))
    kept[place % len(kept)] ^= 1 << bit
    with pytest.raises(FileBroken):
        out(bytes(kept))


def test_pieces_that_were_exchanged_repeated_or_put_behind_do_not_open() -> None:
    kept, piece = sealed(some(4 * PIECE)), PIECE + SEAL
    head, parts = kept[:MARK], [kept[at : at + piece] for at in range(MARK, len(kept), piece)]
    for other in (
        [parts[1], parts[0], *parts[2:]],
        [parts[0], *parts],
        parts[1:],
        [*parts, parts[-1]],
        [*parts, b"x"],
    ):
        with pytest.raises(FileBroken):
            out(head + b"".join(other))


def test_under_another_key_or_name_nothing_opens() -> None:
    kept = sealed(some(100))
    for key, name in ((b"x" * 32, NAME), (KEY, "file:64.72:b")):
        with pytest.raises(FileBroken):
            out(kept, key, name)


def test_what_comes_in_small_pieces_is_read_and_hashed_to_its_end() -> None:
    kept = sealed(some(2 * PIECE + 9))
    slow = Hashed(kept[at : at + 1000] for at in range(0, len(kept), 1000))
    assert b"".join(opened(slow, KEY, NAME)) == some(2 * PIECE + 9)
    assert slow.hexdigest() == hashlib.sha256(kept).hexdigest()
    behind = Hashed(iter([kept, b"more"]))
    assert behind.hexdigest() == hashlib.sha256(kept + b"more").hexdigest()
