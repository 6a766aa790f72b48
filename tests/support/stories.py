"""The demo's Samarinda on the telephone: papers by two registrars, acts by whoever has the account.

Everything goes over HTTP; only the clock is moved from outside.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.support import demo
from tests.support.web import Web
from tests.support.world import SAMARINDA, World

SCAN = "cd" * 32
BUDI: dict[str, Any] = {"kind": "person", "name": "Budi Santoso", "nik": "6472010101900001"}
#: The immigration office has no step in any of the stories' services.
STRANGER = "smr.imigrasi"
FACTS: Mapping[str, Mapping[str, Any]] = {
    "izin-reklame": {"width_cm": 400, "location": "64.72.03"},
    "sip-dokter": {"practice": 1},
    "surat-keterangan": {},
}
#: From the counter to the day on which it is to be decided.
UNTIL_DECISION = {
    "izin-reklame": """
        clerk declare_complete intake
        dlh2 complete review_dlh favourable
        dishub complete review_dishub favourable
        pupr complete review_pupr conditional
        dpmptsp complete verify
    """,
    "sip-dokter": """
        clerk declare_complete intake
        dinkes complete recommend favourable
        dpmptsp complete endorse
    """,
}
#: From the decision to the day on which it is to be signed.
UNTIL_SIGNATURE = {
    "izin-reklame": """
        signer complete decide
        bapenda complete assess_tax
        bapenda record_payment pay_tax
    """,
    "sip-dokter": """
        signer complete decide
        dinkes complete sign_dinkes
    """,
}


class City(Web):
    """The city, with words for what its stories do."""

    def at(self, text: str) -> None:
        """It is this moment, by the clock on the wall in Samarinda (WITA, UTC+8)."""
        self.world.hands.now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)

    def draft(self, kind: str, paper: str, /, **entry: Any) -> TestResponse:
        """A registrar of the secretariat enters a paper."""
        body = {"kind": kind, "id": paper, "entry": entry, "document": {"sha256": SCAN}}
        answer = self.post("/authority/entries", "registrar", body)
        assert answer.status_code == 201, answer.text
        return answer

    def paper(self, kind: str, paper: str, /, **entry: Any) -> None:
        """A paper that two registrars stand for, with all that it stops."""
        drafted = self.draft(kind, paper, **entry)
        path = f"/authority/entries/{kind}/{paper}/actions"
        etag, said = drafted.headers["ETag"], {"action": "confirm"}
        done = self.post(path, "registrar2", said, etag=etag)
        if done.status_code == 409:
            stops = done.get_json()["stops"]
            done = self.post(path, "registrar2", {**said, "stops": stops}, etag=etag)
        assert done.status_code == 200, done.text

    def entry(self, kind: str, paper: str) -> dict[str, Any]:
        """What the register says in this paper now."""
        items = self.ask(f"entries/{kind}/{paper}")
        entry: dict[str, Any] = items[-1]["entry"]
        return entry

    def ask(self, path: str, who: str = "auditor") -> Any:
        """The items of an answer about the register."""
        answer = self.get(f"/authority/{path}", who)
        assert answer.status_code == 200, answer.text
        return answer.get_json()["items"]

    def take_in(self, service: str, applicant: Mapping[str, Any] = BUDI) -> dict[str, Any]:
        """A file with all that it needs; gives the answer of the counter."""
        facts = FACTS[service]
        return self.open(
            {
                "service": service,
                "facts": facts,
                "applicant": applicant,
                "documents": demo.documents(service, facts),
            },
            "clerk",
        )

    def case(self, service: str, *scripts: str) -> str:
        """The number of a case that has come so far."""
        number = str(self.take_in(service)["number"])
        for script in scripts:
            self.follow(number, script)
        return number

    def follow(self, number: str, script: str) -> None:
        """Several acts, one a line: who, action, step, result."""
        for line in filter(str.strip, script.splitlines()):
            who, action, step, *rest = line.split()
            said = {"result": rest[0]} if rest else {}
            done = self.do(number, who, action, step, **said)
            assert done.status_code == 200, (line, done.text)

    def do(self, number: str, who: str, action: str, step: str, **said: Any) -> TestResponse:
        """Somebody acts on a step, having seen the case as it is now."""
        return self.act(number, who, action, step, etag=self.etag(number, "auditor"), **said)

    def on(self, number: str, who: str, door: str, **body: Any) -> TestResponse:
        """Somebody knocks at another door of the case."""
        etag = self.etag(number, "auditor")
        return self.post(f"/cases/{number}/{door}", who, body, etag=etag)

    def passport(self, number: str) -> dict[str, Any]:
        """That of the newest decision."""
        trace = self.get(f"/cases/{number}/trace", "auditor").get_json()
        found: dict[str, Any] = trace["decisions"][-1]["authority"]["passport"]
        return found

    def strangers_see_nothing(self, *numbers: str) -> None:
        """An agency without a step in these cases finds none of them, by no door."""
        listed = self.get("/cases?limit=200", STRANGER).get_json()["items"]
        assert not {each["number"] for each in listed} & set(numbers)
        for number in numbers:
            for path in ("", "/events", "/trace", "/clock", "/messages", "/products"):
                answer = self.get(f"/cases/{number}{path}", STRANGER)
                assert answer.status_code == 404, (path, answer.text)
            found = self.post("/cases/search", STRANGER, {"q": number})
            assert found.get_json()["items"] == []

    def types(self, number: str) -> list[str]:
        """The types of everything that happened in and beside a case."""
        items = self.get(f"/cases/{number}/events?limit=200", "auditor").get_json()["items"]
        return [event["type"].removeprefix("casetrack.") for event in items]


def samarinda(url: str, folder: Path) -> Iterator[City]:
    """The city while a test lasts."""
    world = World.make(url, folder, regions_=(demo.region(SAMARINDA),))
    yield City(world)
    world.close()
