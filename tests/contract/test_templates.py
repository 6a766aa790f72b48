"""Which messages there are and what they say: for a supervisor over HTTP, for an operator by command."""

import json

from casetrack.domain.people import contact
from casetrack.domain.service import notices
from tests.support.commands import run_command
from tests.support.web import BILLBOARD, Web, refused
from tests.support.world import environment_for


def test_every_type_has_a_template_for_each_channel_and_language(web: Web) -> None:
    items = web.get("/templates", "wati").get_json()["items"]
    assert {(i["type"], i["channel"], i["language"]) for i in items} == {
        (f"casetrack.{kind}", channel, language)
        for kind in notices.TOLD
        for channel in contact.CHANNELS
        for language in ("id", "en")
    }
    assert all(item["template"].endswith(f"@{item['version']}") for item in items)


def test_a_preview_says_what_people_would_read(web: Web) -> None:
    sms = web.get("/templates/case.returned/preview?channel=sms&language=id", "admin").get_json()
    assert (sms["segments"], sms["subject"]) == (1, None)
    assert sms["text"].startswith(
        "DPMPTSP Kota Contoh: SMR-REK-2026-000123-8: Ada yang perlu dilengkapi."
    )
    mail = web.get("/templates/casetrack.case.returned/preview?language=en", "wati").get_json()
    assert "Photo of the spot" in mail["text"]
    whatsapp = web.get("/templates/case.opened/preview?channel=whatsapp", "wati").get_json()
    assert len(whatsapp["parameters"]) == 4


def test_what_nobody_is_told_has_no_preview_and_a_clerk_none_at_all(web: Web) -> None:
    assert refused(web.get("/templates/step.claimed/preview", "wati")) == (404, "unknown_template")
    assert refused(web.get("/templates/case.opened/preview?channel=fax", "wati"))[0] == 422
    assert web.get("/templates", "dewi").status_code == 403
    assert web.get("/templates").status_code == 401


def test_the_command_shows_a_sample_or_what_a_case_was_told(web: Web) -> None:
    world = web.world
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    number = web.open(BILLBOARD)["number"]
    listed = run_command(environment, ["templates", "list", "--json"])
    assert len(json.loads(listed.stdout)) == len(notices.TOLD) * 6
    words = ["templates", "preview", "--event", "case.opened", "--channel", "sms"]
    shown = run_command(environment, [*words, "--case", number, "--language", "en"])
    assert shown.exit_code == 0
    assert f"{number}: We have received your file" in shown.stdout
    assert "Parts: 1 (" in shown.stdout
    assert "000123" in run_command(environment, words).stdout
    never = run_command(
        environment, ["templates", "preview", "--event", "case.granted", "--case", number]
    )
    assert (never.exit_code, "has happened to" in never.stderr) == (2, True)
    missing = run_command(environment, [*words, "--case", "SMR-REK-2026-000123-8"])
    assert (missing.exit_code, "there is no case" in missing.stderr) == (2, True)
