"""Sheets as PDF/A-2a with tags, set by Typst from templates beside this file.

Values go in as JSON and come out as letters: nothing in them is read as a template or a path. The same
values, moment and version of Typst give the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

_HERE = Path(__file__).parent
#: One page at a time: setting takes milliseconds, and two at once are hardly quicker.
_AT_THE_PRESS = Lock()
_STANDARD = "a-2a"


def pdf(template: str, values: Mapping[str, object], made_at: datetime) -> bytes:
    """A sheet by this template. `made_at` is the document's date of creation."""
    with _AT_THE_PRESS:
        made: bytes = _press(template).compile(
            sys_inputs={"content": json.dumps(values)},
            format="pdf",
            pdf_standards=[_STANDARD],
            timestamp=int(made_at.timestamp()),
        )
    return made


def press() -> str:
    """What sets the sheets, with its version: the same values give the same bytes only by the same."""
    return f"typst {version('typst')}"


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
