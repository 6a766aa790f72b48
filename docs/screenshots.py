"""Makes the pictures of docs/images with a real server and a real browser: python docs/screenshots.py

Needs Chromium (CHROMIUM names it, default: chromium on the PATH). Everything else it starts itself, in a
temporary folder.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).with_name("images")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STORY = [
    ("smr.clerk", "intake", {"action": "declare_complete"}),
    ("smr.dlh", "review_dlh", {"action": "complete", "result": "favourable"}),
    ("smr.dishub", "review_dishub", {"action": "claim"}),
]


#: What is missing on the receipt.
LATER = ("denah-lokasi", "desain-reklame", "npwpd", "bukti-lahan", "pernyataan-bongkar")
#: The rest of the way to a decision, each review by a passport of its own.
TO_THE_DECISION = [
    ("smr.dishub", "review_dishub", {"action": "complete", "result": "favourable"}),
    ("smr.pupr", "review_pupr", {"action": "complete", "result": "favourable"}),
    ("smr.dpmptsp", "verify", {"action": "complete"}),
    ("smr.signer", "decide", {"action": "complete"}),
]


class Counter:
    """A client of the API with every demo token."""

    def __init__(self, base: str, tokens: dict[str, str]) -> None:
        self.base, self.tokens = base, tokens

    def call(
        self, who: str, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """One request, checked."""
        headers["Authorization"] = f"Bearer {self.tokens[who]}"
        answer = httpx.request(method, f"{self.base}/api/v1{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer

    def act(self, who: str, number: str, step: str, body: dict[str, Any]) -> None:
        """One action on a step, having seen the case."""
        etag = self.call(who, "GET", f"/cases/{number}").headers["ETag"]
        self.call(who, "POST", f"/cases/{number}/steps/{step}/actions", body, **{"If-Match": etag})

    def bring(self, number: str, requirement: str) -> None:
        """The applicant brings something that was missing."""
        etag = self.call("smr.clerk", "GET", f"/cases/{number}").headers["ETag"]
        body = {"requirement": requirement}
        self.call("smr.clerk", "POST", f"/cases/{number}/documents", body, **{"If-Match": etag})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def pictures(base: str, tokens: dict[str, str], browser: Browser) -> None:
    """The story, photographed."""
    counter = Counter(base, tokens)
    application = {
        "service": "izin-reklame",
        "facts": {"width_cm": 400, "location": "64.72.03"},
        "applicant": {"kind": "person", "name": "Demo"},
        "documents": [{"requirement": "ktp"}, {"requirement": "foto-lokasi"}],
    }
    case = counter.call("smr.clerk", "POST", "/cases", application).json()
    number, code = case["number"], case["access_code"]
    slip = f"/cases/{number}/slips"
    receipt = counter.call("smr.clerk", "GET", f"{slip}/receipt", **{"X-Access-Code": code}).text
    for requirement in LATER:
        counter.bring(number, requirement)
    for who, step, body in STORY:
        counter.act(who, number, step, body)
    registration = counter.call("smr.clerk", "GET", f"{slip}/registration").text
    phone = browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    phone.goto(f"{base}/status")
    phone.screenshot(path=IMAGES / "status-empty.png")
    phone.fill("#number", number)
    phone.fill("#code", code)
    phone.click("button[type=submit]")
    phone.screenshot(path=IMAGES / "status.png", full_page=True)
    phone.goto(f"{base}/status?lang=en&number={number}")
    phone.screenshot(path=IMAGES / "status-en.png")
    paper = browser.new_page(viewport={"width": 560, "height": 790})
    for name, html in (("receipt", receipt), ("registration", registration)):
        paper.goto(f"{base}/status")
        paper.set_content(html, wait_until="networkidle")
        paper.screenshot(path=IMAGES / f"{name}.png", full_page=True)

    authority(counter, number, base, browser)


def authority(counter: Counter, number: str, base: str, browser: Browser) -> None:
    """The passport of the decision, and the register of its service."""
    for who, step, body in TO_THE_DECISION:
        counter.act(who, number, step, body)
    decisions = counter.call("smr.auditor", "GET", f"/cases/{number}/trace").json()["decisions"]
    headers = {"Authorization": f"Bearer {counter.tokens['smr.auditor']}"}
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, extra_http_headers=headers
    )
    page = context.new_page()
    page.goto(f"{base}/api/v1/cases/{number}/decisions/{decisions[-1]['version']}/passport")
    page.screenshot(path=IMAGES / "passport.png", full_page=True)
    page.goto(f"{base}/api/v1/authority/services/izin-reklame/picture")
    size = page.evaluate(
        "[document.documentElement.width.baseVal.value, document.documentElement.height.baseVal.value]"
    )
    page.set_viewport_size({"width": int(size[0]) + 1, "height": int(size[1]) + 1})
    page.screenshot(path=IMAGES / "service.png")
    context.close()


def main() -> None:
    """Start, photograph, stop."""
    IMAGES.mkdir(exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is not there; install it or name it in CHROMIUM")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [
            str(Path(sys.executable).with_name("casetrack")), "up", "--port", str(port), "--data", folder,
        ]  # fmt: skip
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(120):
                try:
                    httpx.get(f"{base}/healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.5)
            tokens = json.loads((Path(folder) / "demo-tokens.json").read_text())
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                pictures(base, tokens, browser)
                browser.close()
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
