"""A region tells people in its own words: loaded, told, on record, changed and withdrawn."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casetrack.bootstrap import build
from casetrack.domain.errors import BadInput
from casetrack.domain.region.region_data import RegionData, RegionText
from casetrack.gateways.region.message_files import text_named
from casetrack.storage import schema
from casetrack.storage.region import region_texts
from casetrack.usecases.region import loading
from tests.contract.test_channels import (
    ALL,
    BY_PHONE,
    BY_SMS,
    FILES,
    deliver,
    files,
    only,
    rows,
    sequence,
)
from tests.support.commands import run_command
from tests.support.lanes import work
from tests.support.web import Web
from tests.support.world import (
    SAMARINDA,
    SURABAYA,
    World,
    environment_for,
    samarinda,
    settings_for,
    surabaya,
)
from tests.unit.test_message_files import GOOD, SHORT, write

OPENED = "id/short/case.opened.txt"
MAIL = "id/case.opened.txt"
WORDS = {
    OPENED: "Version: 1\n\nBerkas Anda ada di MPP.",
    MAIL: "Subject: [{{ number }}] Sudah di MPP\nVersion: 4\n\nBerkas Anda ada di MPP.\n\n"
    "{{ _where }}\n[[Paling lambat {{ due }}.]]\n{{ _foot }}",
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Samarinda with every channel, on each database in turn."""
    made = World.make(database_url, tmp_path, **FILES)
    yield made
    made.close()


def with_texts(texts: dict[str, str], data: RegionData | None = None) -> RegionData:
    own: tuple[RegionText, ...] = tuple(text_named(name, text) for name, text in texts.items())
    return replace(data or samarinda(), texts=own)


def load(world: World, texts: dict[str, str]) -> list[str]:
    return loading.load(world.ctx, with_texts(texts))


def test_a_loaded_text_is_what_people_are_told_and_the_delivery_says_which_it_was(
    world: World,
) -> None:
    assert load(world, WORDS) == ["edition 1 of its message texts"]
    for party in (ALL, BY_PHONE, BY_SMS):
        world.open(applicant=party)
    deliver(world)
    assert [row.template for row in rows(world)] == [
        "id/email/case.opened@4+64.72.1",
        "id/whatsapp/case.opened@2+64.72.1",
        "id/sms/case.opened@2+64.72.1",
    ]
    assert "Berkas Anda ada di MPP." in files(world, "sms")[0]
    assert "Berkas Anda ada di MPP." in files(world, "whatsapp")[0]
    (mail,) = world.mail.glob("*.eml")
    assert "Sudah di MPP" in mail.read_text()
    with world.database.read() as connection:
        kept = region_texts.edition(connection, SAMARINDA, 1).texts
    assert kept == WORDS, "the words behind the name that the delivery holds"


def test_a_change_is_seen_by_a_worker_that_runs_already_and_every_edition_stays(
    world: World, database_url: str, tmp_path: Path
) -> None:
    """A process that was built before the load, with files of its own nowhere."""
    worker = build(settings_for(database_url, tmp_path, **FILES), clock=world.hands)
    try:
        for version in (1, 2):
            load(world, {OPENED: f"Version: {version}\n\nKabar ke-{version}."})
            world.open(applicant=BY_SMS)
            work(worker.ctx, sequence(world), worker.teller)
    finally:
        worker.database.close()
    assert [row.template for row in rows(world)] == [
        "id/sms/case.opened@2+64.72.1",
        "id/sms/case.opened@2+64.72.2",
    ]
    assert [f"Kabar ke-{version}." in "".join(files(world, "sms")) for version in (1, 2)] == [
        True
    ] * 2
    with world.database.read() as connection:
        assert region_texts.edition(connection, SAMARINDA, 1).texts[OPENED].endswith("ke-1.")


def test_loading_the_same_words_again_makes_no_edition(world: World) -> None:
    load(world, WORDS)
    assert load(world, WORDS) == []
    assert load(world, {OPENED: WORDS[OPENED]}) == ["edition 2 of its message texts"]


def test_a_text_that_is_withdrawn_gives_way_to_the_packages(world: World) -> None:
    load(world, WORDS)
    assert load(world, {}) == ["none of its own message texts"]
    world.open(applicant=BY_SMS)
    deliver(world)
    assert only(world).template == "id/sms/case.opened@2"
    assert "Berkas Anda kami terima" in files(world, "sms")[0]
    assert load(world, {}) == []


def test_other_words_under_a_version_that_people_were_told_by_are_refused_and_nothing_is_loaded(
    world: World,
) -> None:
    load(world, WORDS)
    load(world, {})
    changed = {name: text.replace("Anda", "Saudara") for name, text in WORDS.items()}
    with pytest.raises(BadInput) as refusal:
        load(world, changed)
    assert str(refusal.value).splitlines() == [
        f"templates/{MAIL}: Version 4 was loaded before with other words; cure: raise Version to 5",
        f"templates/{OPENED}: Version 1 was loaded before with other words; "
        "cure: raise Version to 2",
    ]
    assert world.ctx.texts(SAMARINDA) is None
    part = {"id/_foot.txt": "\nPosisi: {{ status_url }}"}
    load(world, part)
    assert load(world, {"id/_foot.txt": "\nLihat: {{ status_url }}"}) == [
        "edition 3 of its message texts"
    ]


def test_another_region_keeps_its_words(world: World) -> None:
    load(world, WORDS)
    world.open(by="sby.clerk", applicant=BY_SMS)
    deliver(world)
    assert (only(world).region, only(world).template) == (SURABAYA, "id/sms/case.opened@2")
    loading.load(world.ctx, with_texts({OPENED: "Version: 9\n\nArek Suroboyo."}, surabaya()))
    assert world.ctx.texts(SAMARINDA) != world.ctx.texts(SURABAYA)


def test_a_text_that_was_written_past_the_load_is_replaced_by_the_packages(world: World) -> None:
    load(world, {OPENED: "Version: 1\n\n{{ number.__class__ }}"})
    world.open(applicant=BY_SMS)
    deliver(world)
    assert (only(world).state, only(world).template) == ("delivered", "id/sms/case.opened@2")


def test_texts_of_before_go_out_as_they_are_until_the_region_loads_again(world: World) -> None:
    """Stored as a load of before stored them; what a load of today says of them: unit tests."""
    before = {
        OPENED: "Version: 1\n\nBerkas ada di {% if agency %}{{ agency|upper }}{% endif %}.",
        "id/_foot.txt": "{% if due %}Sampai {{ due }}.{% endif %} Posisi: {{ status_url }}",
    }
    load(world, before)
    for party in (ALL, BY_SMS):
        world.open(applicant=party)
    deliver(world)
    assert [row.template for row in rows(world)] == [
        "id/email/case.opened@2+64.72.1",
        "id/sms/case.opened@2+64.72.1",
    ]
    assert "Berkas ada di DPMPTSP" in files(world, "sms")[0]
    (mail,) = world.mail.glob("*.eml")
    assert "Sampai " in mail.read_text()
    assert load(world, {MAIL: WORDS[MAIL]}) == ["edition 2 of its message texts"]


def test_a_region_that_was_loaded_before_there_were_own_texts_has_none(world: World) -> None:
    with world.database.write() as uow:
        for row in uow.execute(schema.regions.select()).all():
            document = json.loads(row.document)
            del document["texts"]
            mine = schema.regions.c.region == row.region
            uow.execute(schema.regions.update().where(mine).values(document=json.dumps(document)))
    world.open(applicant=BY_SMS)
    deliver(world)
    assert only(world).template == "id/sms/case.opened@2"
    assert load(world, WORDS) == ["edition 1 of its message texts"]


def test_lists_and_previews_show_whose_words_they_are(world: World) -> None:
    load(world, WORDS)
    web = Web(world)
    items = web.get("/templates", "wati").get_json()["items"]
    own = {item["template"] for item in items if item["words"] == "region"}
    assert own == {
        "id/email/case.opened@4+64.72.1",
        "id/whatsapp/case.opened@2+64.72.1",
        "id/sms/case.opened@2+64.72.1",
    }
    assert {item["words"] for item in items} == {"region", "casetrack"}
    mine = web.get("/templates/case.opened/preview?channel=sms", "wati").get_json()
    assert (mine["words"], "di MPP" in mine["text"]) == ("region", True)
    assert web.get("/templates/case.closed/preview", "wati").get_json()["words"] == "casetrack"


def test_the_commands_load_texts_and_show_them(world: World, tmp_path: Path) -> None:
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    folder = tmp_path / "bontang"
    here = Path(__file__).resolve().parent.parent.parent / "casetrack/demo/tomohon"
    shutil.copytree(here, folder)
    write(folder, GOOD)
    code = "71.73"
    loaded = run_command(environment, ["load", str(folder)])
    assert (loaded.exit_code, "published edition 1 of its message texts" in loaded.stdout) == (
        0,
        True,
    )
    listed = run_command(environment, ["templates", "list", "--json", "--region", code])
    words = {each["template"]: each["words"] for each in json.loads(listed.stdout)}
    assert words[f"id/sms/case.returned@2+{code}.1"] == "region"
    assert words["en/sms/case.returned@2"] == "casetrack"
    preview = ["templates", "preview", "--event", "case.returned", "--channel", "sms"]
    shown = run_command(environment, [*preview, "--region", code]).stdout
    assert "Words: region" in shown
    assert "Mohon lengkapi di MPP." in shown
    assert "Words: casetrack" in run_command(environment, preview).stdout
    number = str(world.open(applicant=BY_SMS).view["number"])
    load(world, WORDS)
    told = run_command(
        environment, ["templates", "preview", "--event", "case.opened", "--case", number]
    )
    assert "id/email/case.opened@4+64.72.1" in told.stdout
    both = run_command(environment, [*preview, "--case", number, "--region", code])
    assert (both.exit_code, "leave it out" in both.stderr) == (2, True)
    write(folder, {SHORT: "Version: 2\n\n{{ nik }}"})
    refused = run_command(environment, ["load", str(folder)])
    assert refused.exit_code == 2
    assert f"templates/{SHORT}:3: unknown place 'nik'" in refused.stderr
