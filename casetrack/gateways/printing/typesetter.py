"""Sheets as PDF/A-2a with tags, set by Typst from templates beside this file.

Values go in as JSON and come out as letters: nothing in them is read as a template or a path. The same
values, moment and press give the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from casetrack.gateways.printing.letters import legible

_HERE = Path(__file__).parent
#: One page at a time: setting takes milliseconds, and two at once are hardly quicker.
_AT_THE_PRESS = Lock()
_STANDARD = "a-2a"


def pdf(template: str, values: Mapping[str, object], made_at: datetime) -> bytes:
    """A sheet by this template. `made_at` is the document's date of creation."""
    with _AT_THE_PRESS:
        made: bytes = _press(template).compile(
            sys_inputs={"content": json.dumps(legible(values))},
            format="pdf",
            pdf_standards=[_STANDARD],
            timestamp=int(made_at.timestamp()),
        )
    return made


@cache
def press(template: str) -> str:
    """What sets sheets by this template: the same values give the same bytes only by the same.

    It is the version of Typst, and a digest of the template, the letterhead and the fonts.
    """
    # Large, and needed by no process before its first sheet.
    from importlib.metadata import version  # noqa: PLC0415

    parts = [_HERE / "templates" / f"{name}.typ" for name in ("letterhead", template)]
    digests = (sha256(path.read_bytes()).digest() for path in [*parts, *_fonts()])
    return f"typst {version('typst')}, {template} {sha256(b''.join(digests)).hexdigest()[:12]}"


def _fonts() -> list[Path]:
    return sorted((_HERE / "fonts").glob("*.ttf"))


@cache
def _press(template: str) -> Any:
    # Large, and needed by no process before its first sheet.
    import typst  # noqa: PLC0415

    # Only the fonts that are shipped: what a machine has beside them would change the bytes.
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(_HERE / "fonts")],
    )
    source = _HERE / "templates" / f"{template}.typ"
    return typst.Compiler(input=str(source), root=str(_HERE), font_paths=fonts)
