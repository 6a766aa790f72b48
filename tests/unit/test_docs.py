"""What the docs print from the code is what the code says."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_printed_transitions_are_those_of_the_code() -> None:
    spec = importlib.util.spec_from_file_location("print_tables", ROOT / "docs/print_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs/transitions.md").read_text() == module.printed(), "run: make docs"
