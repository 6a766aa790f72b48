"""What the docs print from the code is what the code says."""

import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from casetrack import demo
from casetrack.cli.main import WORDS
from casetrack.domain.authority.check import REFUSAL_CODES
from casetrack.domain.service.definition import StepDefinition
from casetrack.gateways.region.region_files import read_region

ROOT = Path(__file__).resolve().parent.parent.parent


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its own module up.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_the_table_of_commands_has_every_one_of_them() -> None:
    told = (ROOT / "docs/api.md").read_text().partition("## Commands")[2].partition("## HTTP")[0]
    assert [name for name in WORDS if not re.search(rf"`casetrack {name}\b", told)] == []


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    return script("print_tables")


@pytest.mark.parametrize(
    "name",
    ["transitions.md", "authority-rules.md", "message-places.md", "notices.md", "problems.md"],
)
def test_a_printed_page_is_what_the_code_says(tables: ModuleType, name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == tables.PAGES[name](), "run: make docs"


def test_the_picture_of_a_transition_is_what_its_script_draws() -> None:
    drawn = script("draw_transition").drawn()
    assert (ROOT / "docs/images/transition.svg").read_text() == drawn, "run: make docs"


def test_who_decides_each_step_of_the_demo_is_told() -> None:
    data = next(d for d in map(read_region, demo.folders()) if d.region.code == "64.72")
    deciding = {(s.id, t.id) for s in data.services for t in s.steps if t.authority is not None}
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \|", (ROOT / "docs/samarinda.md").read_text(), re.M)
    assert set(rows) == deciding, "docs/samarinda.md"


def test_every_key_of_a_step_is_explained_to_who_writes_a_service() -> None:
    text = (ROOT / "docs/region-files.md").read_text().partition("## A step")[2]
    explained = set(re.findall(r"^\| `(\w+)` \|", text, re.M))
    # What the example above the table shows needs no row.
    shown = {"id", "name", "agency"}
    assert {field.name for field in fields(StepDefinition)} <= explained | shown


TEXTS = (
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".txt",
    ".html",
    ".mako",
    ".json",
    ".css",
    ".js",
    ".typ",
)
#: What lies outside the repository, where who reads it has nothing to look up.
OUTSIDE = re.compile(r"\b(DESIGN|CONTRACT)\b|\b(domain|style)\.md\b|\bfound/")


def texts() -> Iterator[Path]:
    """Every text that belongs to the repository."""
    folders = ("casetrack", "workers", "bench", "tests", "docs", "migrations")
    yield from (p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in TEXTS)
    yield from (p for p in ROOT.iterdir() if p.suffix in TEXTS or p.name == "Makefile")


def test_what_the_repository_cites_stands_in_the_repository() -> None:
    me = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in texts()
        if path != me
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if OUTSIDE.search(line)
    ]
    assert found == [], "cite docs/architecture.md, docs/api.md or another page of docs/"


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", page.read_text()):
            path, _, anchor = (target[0] or target[1]).partition("#")
            if ":" in path:
                continue
            to = (page.parent / path).resolve() if path else page
            if not to.exists() or (anchor and anchor not in anchors(to)):
                broken.append(f"{page.relative_to(ROOT)}: {path}#{anchor}")
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


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
