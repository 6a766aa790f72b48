"""`make lint` sees a key that somebody leaves in a file."""

from pathlib import Path

import pytest

from tests.support.secret_scan import KNOWN, ROOT, scan, unknown

#: Spelled in two parts, or this very file would be red.
KEYS = {
    "AWS Access Key": "AKIA" + "QZ7XJ3LMN5RTVWY2",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "casetrack token": "ct_" + "0123456789ab_" + "3f9a" * 16,
    "Basic Auth Credentials": "postgresql://casetrack:" + "Xk2vTq9w@db.dpmptsp.example/casetrack",
    "Base64 High Entropy String": '"' + "Zk9vQ2xwT3JyYmV4S1d1aUx5" + 'TmRHc0F6RTd0UThqUDE="',
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_planted_key_turns_it_red(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "settings.py"
    file.write_text(f"# a setting\nKEPT = {KEYS[kind]}\n")
    found = unknown(scan([str(file)]))
    assert kind in {each.kind for each in found}
    assert {each.line for each in found} == {2}


def test_what_is_no_key_leaves_it_green(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text('DIGEST = "' + "ab" * 32 + '"\nWORDS = "the front office takes in a file"\n')
    assert scan([str(file)]) == []


def test_what_is_known_is_known_by_its_hash_and_only_where_it_was(tmp_path: Path) -> None:
    text = KNOWN.read_text()
    assert "casetrack:" not in text
    assert "AKIA" not in text
    name = "tests/support/world.py"
    assert scan([name])
    assert unknown(scan([name])) == []
    moved = tmp_path / "world.py"
    moved.write_text((ROOT / name).read_text())
    assert unknown(scan([str(moved)]))
