"""What the docs print from the code is what the code says."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_printed_tables_are_those_of_the_code() -> None:
    spec = importlib.util.spec_from_file_location("print_tables", ROOT / "docs/print_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, page in module.PAGES.items():
        assert (ROOT / "docs" / name).read_text() == page(), f"{name}: run make docs"


def test_the_text_to_have_approved_is_the_one_that_is_previewed() -> None:
    page = " ".join((ROOT / "docs/channels.md").read_text().replace("\n> ", " ").split())
    places = {"number": 1, "service": 2, "news": 3, "status_url": 4}
    for language in ("id", "en"):
        folder = ROOT / "casetrack/gateways/templates/messages" / language / "short"
        _, _, body = (folder / "whatsapp.txt").read_text().partition("\n\n")
        for name, place in places.items():
            body = body.replace(f"{{{{ {name} }}}}", f"{{{{{place}}}}}")
        assert " ".join(body.split()) in page
