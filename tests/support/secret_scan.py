"""Prints what looks like a secret in the files of the repository: part of `make lint`.

What is known not to be one (keys that open nothing but the tests' own databases, examples of addresses)
stands by its hash in known_secrets.json; `python -m tests.support.secret_scan --keep` writes it anew.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from tests.support import secret_filters

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("known_secrets.json")
#: Hashes of packages, pictures, packed databases.
_LEFT_OUT = re.compile(r"\.lock$|\.png$|\.gz$|\.svg$|^LICENSE$|known_secrets\.json$")
_OWN = Path(__file__).with_name("own_tokens.py").as_uri()
#: Hashes in hexadecimal are everywhere here, so entropy is asked of base64 only, as our keys are written.
_PLUGINS = [
    *(
        {"name": f"{name}Detector"}
        for name in ("AWSKey", "BasicAuth", "GitHubToken", "JwtToken", "Keyword", "PrivateKey")
    ),
    {"name": "Base64HighEntropyString", "limit": 4.5},
    {"name": "CasetrackToken", "path": _OWN},
]
_FILTERS = Path(secret_filters.__file__).as_uri()
_ASKED_LATE = [
    f"{_FILTERS}::{each.__name__}"
    for each in (secret_filters.is_found_and_allowed, secret_filters.is_found_and_named)
]
_PROCESSES = 2


@dataclass(frozen=True, order=True)
class Found:
    """Something that looks like a secret; its hash stands for it."""

    file: str
    kind: str
    digest: str
    line: int = 0


def scan(files: Sequence[str]) -> list[Found]:
    """What looks like a secret in these files, known or not."""
    seen = SecretsCollection(root=str(ROOT))
    with transient_settings({"plugins_used": _PLUGINS}) as settings:
        settings.disable_filters(*secret_filters.AT_ONCE)
        settings.filters.update({path: {} for path in _ASKED_LATE})
        for file in files:
            seen.scan_file(file)
    return [Found(file, s.type, s.secret_hash, s.line_number) for file, s in seen]


def of_the_repository() -> list[Found]:
    """The same of every file that git keeps or would keep."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [n for n in names.splitlines() if not _LEFT_OUT.search(n) and (ROOT / n).is_file()]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        parts = pool.map(scan, [files[place::_PROCESSES] for place in range(_PROCESSES)])
        return sorted(found for part in parts for found in part)


def unknown(found: Iterable[Found]) -> list[Found]:
    """Those of which nobody has said that they are no secret."""
    known = json.loads(KNOWN.read_text())
    return [each for each in found if [each.kind, each.digest] not in known.get(each.file, [])]


def keep(found: Iterable[Found]) -> None:
    """Say of all of these that they are no secret."""
    known: dict[str, list[list[str]]] = {}
    for each in found:
        said = [each.kind, each.digest]
        if said not in known.setdefault(each.file, []):
            known[each.file].append(said)
    KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def main(words: Sequence[str]) -> int:
    """Exit status: 1 where something new looks like a secret."""
    found = of_the_repository()
    if "--keep" in words:
        keep(found)
        return 0
    new = unknown(found)
    for each in new:
        print(f"{each.file}:{each.line}: looks like a secret ({each.kind})")  # noqa: T201
    if new:
        print(  # noqa: T201
            "Take it out, and withdraw it if it was ever pushed. If it opens nothing but the tests' own "
            "databases: python -m tests.support.secret_scan --keep"
        )
    return int(bool(new))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
