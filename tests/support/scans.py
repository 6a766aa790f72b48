"""Files as people send them: good ones, and each that the door must refuse."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
from PIL import Image

Change = Callable[[pikepdf.Pdf], object]


def pdf(change: Change | None = None, pages: int = 1, **saving: Any) -> bytes:
    """A PDF of so many empty pages, changed."""
    made, into = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page()
    if change is not None:
        change(made)
    made.save(into, **saving)
    return into.getvalue()


def picture(form: str, width: int = 40, height: int = 40, mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    into = io.BytesIO()
    Image.new(mode, (width, height)).save(into, form)
    return into.getvalue()


def zipped() -> bytes:
    """A plain ZIP with one text."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as made:
        made.writestr("a.txt", "x")
    return into.getvalue()


def script(made: pikepdf.Pdf) -> None:
    """Runs a script when it is opened."""
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
