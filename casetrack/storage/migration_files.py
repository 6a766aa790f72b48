"""`casetrack db revision`: the two files of a new migration, from the templates beside the history."""

import re
from pathlib import Path
from string import Template

from casetrack.domain.errors import BadInput
from casetrack.storage.migration_halves import Half, half_of

_MOST_WORDS = 60


def write_pair(home: Path, words: str) -> list[Path]:
    """Write both halves of the next migration into the history at `home`; gives their files.

    Raises BadInput for words that make no name, and where the history cannot be written.
    """
    slug = "_".join(re.findall(r"[a-z0-9]+", words.lower()))[:_MOST_WORDS].strip("_")
    if not slug:
        raise BadInput(f'{words!r} makes no name; say what changes: casetrack db revision "a note"')
    versions = home / "versions"
    made = {path.name.split("_")[0] for path in versions.glob("[0-9]*.py")}
    number = f"{max(map(int, made), default=0) + 1:04}"
    values = {
        "words": words.strip().rstrip(".").replace('"', "'").replace("\\", ""),
        "number": number,
        "first_before": _newest(versions, "first"),
        "second_before": _newest(versions, "second"),
    }
    return [
        _write(home, half, f"{number}_{half}_{slug}.py", values) for half in ("first", "second")
    ]


def _newest(versions: Path, half: Half) -> str:
    """The last id of this half."""
    ids = ("_".join(path.stem.split("_")[:2]) for path in versions.glob("[0-9]*.py"))
    return max(name for name in ids if half_of(name) == half)


def _write(home: Path, half: str, name: str, values: dict[str, str]) -> Path:
    file = home / "versions" / name
    try:
        template = Template((home / f"{half}_half.py.template").read_text())
        file.write_text(template.substitute(values))
    except OSError as error:
        raise BadInput(
            f"cannot write {file}: {error.strerror}; run it in a checkout of casetrack"
        ) from error
    return file
