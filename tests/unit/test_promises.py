"""What a board promises becomes definitions, or it is said why not; what it leaves out is not made up."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from casetrack.cli.main import main
from casetrack.domain.service.promised_services import (
    Drafted,
    NotDrafted,
    Office,
    Promise,
    Taken,
    draft,
    drafts,
)
from casetrack.gateways.region.promise_file import read_promises, written
from casetrack.gateways.region.service_file import read_service

BOARD = Path(__file__).parent.parent / "data" / "board.json"
OFFICE = Office("dpmptsp", "dinas-teknis", "izin")
DECIDING = Office("dpmptsp", "dinas-teknis", "izin", decides="dpmptsp")


def made(office: Office = OFFICE, path: Path = BOARD) -> list[Drafted | NotDrafted]:
    return list(drafts(read_promises(path), office, Taken()))


def steps(drafted: Drafted | NotDrafted) -> list[str]:
    assert isinstance(drafted, Drafted)
    return [step["id"] for step in drafted.document["steps"]]


def test_a_promise_becomes_the_steps_that_it_names_in_an_order_that_can_be() -> None:
    plain, levy, outside, nib, *_ = made()
    assert steps(plain) == ["intake", "site_visit", "advice", "decide", "sign", "hand_over"]
    assert steps(levy) == ["intake", "site_visit", "advice", "decide", "sign", "pay", "hand_over"]
    assert steps(outside) == ["intake", "registered", "advice", "recorded"]
    assert steps(nib) == ["intake", "recorded"]


def test_what_another_system_decides_is_tracked_and_gives_no_product_of_ours() -> None:
    _, _, outside, nib, *_ = made()
    for drafted in (outside, nib):
        assert isinstance(drafted, Drafted)
        assert drafted.document["tracked_only"] is True
        assert "products" not in drafted.document
        assert "another system decides: the case is only tracked here" in drafted.remarks


def test_a_promise_without_a_decision_is_a_fault_until_somebody_answers_for_it() -> None:
    faults = [each for each in made() if isinstance(each, NotDrafted)]
    assert [each.promise.name for each in faults] == ["Izin Toko", "Kartu Pengawas", "Izin Lapak"]
    assert all("decision" in each.message for each in faults[:2])
    assert "--decides" in faults[0].cure
    answered = [each for each in made(DECIDING) if isinstance(each, Drafted)]
    shop = next(each for each in answered if each.document["name"]["id"] == "Izin Toko")
    assert steps(shop) == ["intake", "decide", "sign", "hand_over"]
    assert "the board names no decision: dpmptsp decides and signs" in shop.remarks


def test_two_promises_of_one_name_are_a_fault_and_of_one_code_are_not() -> None:
    found = made()
    last = found[-1]
    assert isinstance(last, NotDrafted)
    assert last.message == "there is a service izin-lapak already"
    assert isinstance(found[6], Drafted)


def test_the_remarks_say_what_the_board_left_open() -> None:
    plain, levy, _, nib, *_ = made()
    assert isinstance(plain, Drafted)
    assert isinstance(levy, Drafted)
    assert isinstance(nib, Drafted)
    assert "the board says days and not which: read as calendar days, the shorter" in plain.remarks
    assert "a levy by no tariff: write `bill` at the step pay, with its basis" in levy.remarks
    assert "the mall did not offer it when the list was made" in nib.remarks
    assert "fee" not in levy.document
    assert plain.document["fee"] == {"amount": 0}


def test_letters_are_an_acronym_or_initials_and_never_twice() -> None:
    promise = Promise("1", "Izin Papan Nama (IPN)", 1, "day", "free", ("draft_decision",))
    taken = Taken()
    letters = []
    for count in range(60):
        drafted = draft(
            Promise("1", f"{promise.name} {count}", 1, "day", "free", promise.steps), OFFICE, taken
        )
        assert isinstance(drafted, Drafted)
        letters.append(drafted.document["letters"])
    assert letters[0] == "IPN"
    assert len(set(letters)) == 60
    assert all(2 <= len(each) <= 5 and each.isupper() for each in letters)


def test_every_file_that_is_written_can_be_read_as_a_definition(tmp_path: Path) -> None:
    for drafted in made(DECIDING):
        if isinstance(drafted, Drafted):
            path = tmp_path / f"{drafted.document['id']}.yaml"
            path.write_text(written(drafted, "board.json"), encoding="utf-8")
            assert read_service(path).id == drafted.document["id"]


def test_of_a_real_mall_each_of_83_promises_is_a_definition_or_its_fault_is_named(
    shared: Path, tmp_path: Path
) -> None:
    mall = shared / "mall-batang-2020.json"
    found = made(OFFICE, mall)
    faults = [each for each in found if isinstance(each, NotDrafted)]
    assert (len(found), len(faults)) == (83, 13)
    assert {each.message for each in faults} == {
        "it names no decision, so nobody would be answerable for what is handed over"
    }
    answered = [each for each in made(DECIDING, mall) if isinstance(each, Drafted)]
    assert len(answered) == 83
    for drafted in answered:
        path = tmp_path / f"{drafted.document['id']}.yaml"
        path.write_text(written(drafted, mall.name), encoding="utf-8")
        read_service(path)


def test_the_command_writes_what_it_can_names_the_rest_and_writes_nothing_over(
    tmp_path: Path,
) -> None:
    options = ["service", "import", str(BOARD), str(tmp_path)]
    options += ["--office", "dpmptsp", "--advice", "dinas-teknis"]
    first = CliRunner().invoke(main, options)
    assert first.exit_code == 1
    assert "izin-papan-nama-ipn (IPN): intake, site_visit, advice" in first.output
    assert "105 Izin Toko: it names no decision" in first.output
    assert "5 of 8 services written" in first.output
    written_ = sorted(path.name for path in (tmp_path / "services").iterdir())
    assert len(written_) == 5
    mine = tmp_path / "services" / "izin-papan-nama-ipn.yaml"
    before = mine.read_text()
    assert before.startswith("# Made from board.json.")
    again = CliRunner().invoke(main, options)
    assert again.exit_code == 1
    assert "0 of 8 services written" in again.output
    assert "there is a service izin-papan-nama-ipn already" in again.output
    assert mine.read_text() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"steps": ["sign_desicion"]}, "sign_desicion"),
        ({"time_limit": {"value": 0, "unit": "day"}}, "limit"),
        ({"fee": "cheap"}, "cheap"),
        ({"steps": []}, "it names no steps"),
        ({"name": "###"}, "its name cannot be one"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    (one, *_) = yaml.safe_load(BOARD.read_text())["services"]
    path = tmp_path / "list.yaml"
    path.write_text(yaml.safe_dump({"services": [{**one, **change}]}))
    result = CliRunner().invoke(
        main,
        ["service", "import", str(path), str(tmp_path), "--office", "a", "--advice", "b"],
    )
    assert result.exit_code in (1, 2), result.output
    assert said in result.output
    assert not list(tmp_path.glob("services/*.yaml"))
