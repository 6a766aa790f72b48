"""The README is a promise: its commands are run as they are printed."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def blocks() -> str:
    """Every bash block of the README, in order."""
    return "\n".join(re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.S))


def test_every_page_that_the_readme_names_is_there() -> None:
    for page in sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"(?:\]\(|src=\")([^)#\"]+)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
