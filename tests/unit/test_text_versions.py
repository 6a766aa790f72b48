"""What people were told by a version of a text can be looked up for ever: other words, another version.

`text_versions.json` keeps a digest of each text by the name under which deliveries record it. Run as a
program (`python -m tests.unit.test_text_versions`) this notes new versions; it never changes a noted one.
"""

import hashlib
import json
import re
from pathlib import Path

from casetrack.gateways.messages import rendering
from casetrack.gateways.messages.template_list import templates

FOLDER = Path(rendering.__file__).parent / "templates"
NOTED = Path(__file__).with_name("text_versions.json")


def _source(name: str) -> str:
    """A text with all that may be put into it, as it stands in the package."""
    folder, source = (FOLDER / name).parent, (FOLDER / name).read_text()
    for part in sorted(set(re.findall(r"\{\{ (_\w+) \}\}", source))):
        pieces = sorted(folder.glob(f"{part}.txt")) + sorted(folder.glob(f"{part}.*.txt"))
        source += "".join(_source(str(piece.relative_to(FOLDER))) for piece in pieces)
    return source


def _digests() -> dict[str, str]:
    """Name and version of each text → the digest of its words."""
    found = {}
    for each in templates("https://mpp.example/status"):
        language, channel = each["language"], each["channel"]
        name = str(each["template"]).split("/", 2)[2].partition("@")[0]
        files = [f"{language}/{name}.txt"]
        if channel in rendering.SHORT:
            files = [f"{language}/short/{each}.txt" for each in (name, channel, "_several")]
        words = re.sub(r"^Version: \d+$", "", "".join(map(_source, files)), flags=re.M)
        found[str(each["template"])] = hashlib.sha256(words.encode()).hexdigest()[:16]
    return found


def test_other_words_have_another_version() -> None:
    noted = json.loads(NOTED.read_text())
    changed = [name for name, digest in _digests().items() if noted.get(name, digest) != digest]
    assert not changed, f"raise the Version of each of these texts (or of its frame): {changed}"


def test_every_version_is_noted() -> None:
    new = sorted(set(_digests()) - set(json.loads(NOTED.read_text())))
    assert not new, f"python -m tests.unit.test_text_versions notes {new}"


if __name__ == "__main__":
    before = json.loads(NOTED.read_text()) if NOTED.exists() else {}
    NOTED.write_text(json.dumps({**_digests(), **before}, indent=1, sort_keys=True) + "\n")
