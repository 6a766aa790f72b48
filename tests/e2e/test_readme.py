"""The README is a promise: its commands are run as they are printed."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import need
from tests.support.mails import told
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder in which `casetrack up` runs, and its address."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if "CASETRACK" not in name}
    log = (tmp_path / "up.log").open("w")
    server = subprocess.Popen(
        [BIN / "casetrack", "up", "--port", str(port)],
        cwd=tmp_path,
        env=clean,
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            httpx.get(f"{address}/healthz").raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.25)
    yield tmp_path, address
    server.terminate()
    server.wait(timeout=30)
    log.close()


def blocks(address: str) -> str:
    """Every bash block of the README, in order, for this server."""
    printed = "\n".join(re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.S))
    found = printed.replace(ADDRESS, address).replace(".venv/bin/casetrack", str(BIN / "casetrack"))
    return found.replace("@docs/images/", f"@{ROOT}/docs/images/")


@pytest.mark.e2e
def test_the_readmes_story_runs_as_printed(newcomer: tuple[Path, str]) -> None:
    folder, address = newcomer
    need(shutil.which("curl") is not None, "curl")
    # The mails come a moment after the acts.
    script = "set -eu\n" + blocks(address).replace(
        "ls casetrack-data/mail", "sleep 3\nls casetrack-data/mail"
    )
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    statuses = [line for line in lines if re.fullmatch(r"[a-z_]+", line)]
    assert statuses == [
        *["in_progress"] * 4, "returned", *["in_progress"] * 6, "granted", "handed_over",
    ]  # fmt: skip
    mails = {line for line in lines if line.endswith(".eml")}
    assert mails
    assert told(folder / "casetrack-data") == (mails, 13)
    assert "Budi" not in done.stdout
    pictured = (ROOT / "docs/images/receipt.png").stat().st_size
    assert str(pictured) in lines, "the file came out as large as it went in"
    assert "handed_over" in next(line for line in lines if line.startswith('{"number"'))


def test_every_page_and_picture_that_the_docs_name_is_there() -> None:
    for page in sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"(?:\]\(|src=\")([^)#\"]+)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
