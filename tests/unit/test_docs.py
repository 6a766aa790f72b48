"""What the docs print from the code is what the code says."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from casetrack.domain.authority.check import REFUSAL_CODES

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_tables", ROOT / "docs/print_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name",
    ["transitions.md", "authority-rules.md", "message-places.md", "notices.md", "problems.md"],
)
def test_a_printed_page_is_what_the_code_says(tables: ModuleType, name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == tables.PAGES[name](), "run: make docs"


def test_every_refusal_is_seen_in_a_test(tables: ModuleType) -> None:
    assert [code for code in REFUSAL_CODES if not tables.tests_of(code)] == []


def test_the_text_to_have_approved_is_the_one_that_is_previewed() -> None:
    page = " ".join((ROOT / "docs/channels.md").read_text().replace("\n> ", " ").split())
    places = {"number": 1, "service": 2, "news": 3, "status_url": 4}
    for language in ("id", "en"):
        folder = ROOT / "casetrack/gateways/messages/templates" / language / "short"
        _, _, body = (folder / "whatsapp.txt").read_text().partition("\n\n")
        for name, place in places.items():
            body = body.replace(f"{{{{ {name} }}}}", f"{{{{{place}}}}}")
        assert " ".join(body.split()) in page
