"""A person's data are shown whole, corrected everywhere, and gone when they are erased."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result

from casetrack.domain.case.commands import Seen
from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import BadInput, NotNow
from casetrack.domain.events import Event
from casetrack.storage import schema
from casetrack.storage.case import case_events
from casetrack.storage.delivery import delivery_lists
from casetrack.storage.people import case_parties, person_texts
from casetrack.storage.people import subjects as rows
from casetrack.usecases.case import do, erasures
from casetrack.usecases.case.doing import Doing
from casetrack.usecases.case.opening import Application, open_at_counter
from casetrack.usecases.case.sealed_parties import Party
from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.delivery import relay, untold
from casetrack.usecases.people import corrections, subjects
from casetrack.usecases.people.subjects import Person
from casetrack.usecases.proof.verify import verify
from tests.support.commands import run_command
from tests.support.erasing import erase
from tests.support.lanes import attempt_lane
from tests.support.web import at_once
from tests.support.world import BUDI, SAMARINDA, SURABAYA, World, environment_for

SITI = Party("representative", "person", "Siti Aminah", phone="+62 811 000111", language="en")
OTHER_NIK = "6472010101900002"


def budi(world: World, number: str) -> Person:
    """The applicant of a case."""
    with world.database.read() as connection:
        party = case_parties.party(connection, SAMARINDA, number, "applicant")
    assert party is not None
    return Person(SAMARINDA, party.subject)


def opened(world: World, *parties: Party) -> str:
    """A billboard's file with everything that can be sealed; gives its number."""
    application = Application(
        "izin-reklame",
        {"width_cm": 400, "location": "64.72.03", "remark": "near the school"},
        parties or (BUDI, SITI),
        [{"requirement": "ktp", "name": "ktp-budi.pdf", "sha256": None}],
    )
    return str(open_at_counter(world.ctx, world.actor("dewi"), application).view["number"])


def decided(world: World) -> str:
    """A file that was withdrawn, and whose applicant two officers decided to erase; gives its number."""
    number = opened(world)
    world.act(number, "dewi", "withdraw")
    erasures.ask(world.ctx, world.actor("wati"), number, "applicant", "unlawful")
    subject = budi(world, number).subject
    erasures.settle(world.ctx, world.actor("ketua"), subject, confirm=True)
    return number


def stream(world: World, person: Person) -> list[Event]:
    """What happened to the subject itself."""
    with world.database.read() as connection:
        found = case_events.stream_events(
            connection, person.region, f"subject/{person.subject}", after=0, limit=100
        )
    return [Event.from_body(row.body) for row in found]


def party_data(view: dict[str, Any]) -> list[Any]:
    return [party["data"] for party in view["parties"]]


def faults(world: World) -> Any:
    relay.drain(world.ctx, told, lambda _: None)
    verdict = verify(world.ctx, progress=lambda _: None)
    return verdict.fault.as_dict() if verdict.fault else None


def everything_stored(world: World) -> str:
    """Every row of every table, as text."""
    with world.database.read() as connection:
        return "\n".join(
            str(tuple(row))
            for table in schema.metadata.sorted_tables
            for row in connection.execute(table.select())
        )


# --- show -----------------------------------------------------------------------------------------


def test_everything_that_is_kept_of_a_person_is_shown(world: World) -> None:
    number, second = opened(world), str(world.open().view["number"])
    world.act(
        number,
        "dewi",
        "return",
        "intake",
        note="he came by bicycle",
        defects=[{"requirement": "ktp", "text": "the card is torn"}],
    )
    view = subjects.show(world.ctx, budi(world, number))
    assert view["erased"] is False
    assert [(party["number"], party["role"]) for party in view["parties"]] == [
        (number, "applicant"),
        (second, "applicant"),
    ]
    assert all(data == party_data(view)[0] for data in party_data(view))
    assert party_data(view)[0] == BUDI.document()
    texts = {(text["number"], text["kind"]): text["text"] for text in view["texts"]}
    assert texts[(number, "note")] == "he came by bicycle"
    assert texts[(number, "defect")] == "the card is torn"
    assert texts[(number, "fact")] == "near the school"
    assert "ktp-budi.pdf" in texts[(number, "document")]
    assert [case["number"] for case in view["cases"]] == [number, second]
    assert view["cases"][0]["facts"] == {"width_cm": 400, "location": "64.72.03"}


def test_a_person_is_found_by_nik_by_case_and_by_id(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    assert subjects.by_nik(world.ctx, f" {BUDI.nik}\n") == [person]
    assert subjects.by_subject(world.ctx, person.subject) == [person]
    assert subjects.by_case(world.ctx, number.lower())[0] == person
    assert len(subjects.by_case(world.ctx, number)) == 2


def test_a_nik_known_in_two_regions_is_shown_once_for_each(world: World) -> None:
    world.open()
    world.open(by="sby.clerk")
    found = subjects.by_nik(world.ctx, BUDI.nik or "")
    assert {person.region for person in found} == {SAMARINDA, SURABAYA}
    assert len({person.subject for person in found}) == 2


def test_a_nik_that_is_none_is_refused_without_being_repeated(world: World) -> None:
    for nik in ("", "647201010190000", "64720101019000011", "nama", "\uff16" * 16):
        with pytest.raises(BadInput, match="not 16 digits") as refused:
            subjects.by_nik(world.ctx, nik)
        assert not nik or nik not in str(refused.value)


def test_nobody_is_found_in_plain_words(world: World) -> None:
    number = opened(world)
    with pytest.raises(BadInput, match="no region keeps"):
        subjects.by_nik(world.ctx, OTHER_NIK)
    with pytest.raises(BadInput, match="there is no subject"):
        subjects.by_subject(world.ctx, "f" * 32)
    with pytest.raises(BadInput, match="there is no case"):
        subjects.by_case(world.ctx, number.replace("REK", "SKT"))


# --- correct --------------------------------------------------------------------------------------


def test_a_correction_replaces_the_text_in_every_case_and_removes_the_old(world: World) -> None:
    first, second = opened(world), opened(world, BUDI)
    person = budi(world, first)
    with world.database.read() as connection:
        old = {party.text for party in case_parties.parties_of_subject(connection, *_key(person))}
    done = corrections.correct(world.ctx, person, {"name": "Budi Santosa", "email": "b@example.id"})
    assert (done.parties, done.fields) == (2, ("name", "email"))
    view = subjects.show(world.ctx, person)
    assert {data["name"] for data in party_data(view)} == {"Budi Santosa"}
    assert {data["nik"] for data in party_data(view)} == {BUDI.nik}
    with world.database.read() as connection:
        assert all(person_texts.one_text(connection, SAMARINDA, text) is None for text in old)
    (event,) = stream(world, person)
    assert event.type == "casetrack.subject.corrected"
    assert event.data["fields"] == ["name", "email"]
    assert {item["old"] for item in event.data["replaced"]} == old
    assert {item["number"] for item in event.data["replaced"]} == {first, second}
    assert "Santosa" not in event.body()
    assert faults(world) is None


def _key(person: Person) -> tuple[str, str]:
    return person.region, person.subject


def test_a_correction_of_one_case_leaves_the_others(world: World) -> None:
    first, second = opened(world), opened(world, BUDI)
    person = budi(world, first)
    corrections.correct(world.ctx, person, {"email": None}, second)
    shown = {party["number"]: party for party in subjects.show(world.ctx, person)["parties"]}
    assert shown[first]["channels"] == ["email"]
    assert (shown[second]["channels"], "email" in shown[second]["data"]) == ([], False)
    assert faults(world) is None


def test_corrections_of_corrections_stay_clean_and_leave_one_text(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    for name in ("A", "B", "C"):
        corrections.correct(world.ctx, person, {"name": name})
    with world.database.read() as connection:
        texts = person_texts.texts_of_subject(connection, *_key(person))
    assert [text.kind for text in texts].count("party") == 1
    assert [event.version for event in stream(world, person)] == [1, 2, 3]
    assert faults(world) is None


def test_a_corrected_address_is_where_the_next_message_goes(world: World) -> None:
    number = str(world.open().view["number"])
    corrections.correct(
        world.ctx, budi(world, number), {"email": "new@example.id", "language": "en"}
    )
    _deliver(world, number)
    (mail,) = [path.read_text() for path in world.mail.glob("*.eml")]
    assert "To: new@example.id" in mail
    assert "Content-Language: en" in mail or "received" in mail


def _deliver(world: World, number: str) -> None:
    relay.drain(world.ctx, told, lambda _: None)
    attempt_lane(world.ctx, SAMARINDA, f"{number}/applicant", world.app.teller, lambda: 0.5, 10)


def test_a_corrected_nik_finds_the_person_and_the_old_one_does_not(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    corrections.correct(world.ctx, person, {"nik": OTHER_NIK})
    assert subjects.by_nik(world.ctx, OTHER_NIK) == [person]
    with pytest.raises(BadInput):
        subjects.by_nik(world.ctx, BUDI.nik or "")
    corrections.correct(world.ctx, person, {"nik": None})
    assert "nik" not in party_data(subjects.show(world.ctx, person))[0]
    assert faults(world) is None


def test_a_nik_of_another_person_is_refused_and_changes_nothing(world: World) -> None:
    first = opened(world)
    other = opened(world, replace(BUDI, nik=OTHER_NIK))
    with pytest.raises(BadInput, match=f"belongs to subject {budi(world, first).subject}"):
        corrections.correct(world.ctx, budi(world, other), {"nik": BUDI.nik, "name": "X"})
    assert party_data(subjects.show(world.ctx, budi(world, other)))[0]["nik"] == OTHER_NIK
    assert stream(world, budi(world, other)) == []


def test_a_nik_is_not_corrected_in_one_of_two_cases(world: World) -> None:
    number = opened(world)
    opened(world, BUDI)
    with pytest.raises(BadInput, match="without --case"):
        corrections.correct(world.ctx, budi(world, number), {"nik": OTHER_NIK}, number)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "JSON object"),
        (["name"], "JSON object"),
        ({"kind": "company"}, "no such field"),
        ({"nik": "123"}, "nik: it must be 16 digits, or null"),
        ({"email": "budi@"}, "email: it must be one e-mail address"),
        ({"email": "a@b\n"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"language": "jv"}, "language: it must be id or en"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
    ],
)
def test_what_cannot_be_a_field_is_refused(changes: Any, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        corrections.check_changes(changes)


def test_a_correction_that_changes_nothing_leaves_no_event(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    with pytest.raises(BadInput, match="nothing was changed"):
        corrections.correct(world.ctx, person, {"name": BUDI.name})
    with pytest.raises(BadInput, match="stands in no role"):
        corrections.correct(world.ctx, person, {"name": "B"}, _another_case(world))
    assert stream(world, person) == []


def _another_case(world: World) -> str:
    return opened(world, replace(BUDI, nik=OTHER_NIK))


# --- erase ----------------------------------------------------------------------------------------


def test_an_erased_person_is_gone_from_every_row_and_the_ledger_is_whole(world: World) -> None:
    number = opened(world)
    world.act(number, "dewi", "claim", "intake", note="he came by bicycle")
    person = budi(world, number)
    before = everything_stored(world)
    assert person.subject in before
    gone = erase(world, person, "subject_request")
    assert gone == 4  # party, document, fact, note
    (event,) = stream(world, person)
    assert (event.type, event.data) == (
        "casetrack.subject.erased",
        {"texts": 4, "reason": "subject_request"},
    )
    with world.database.read() as connection:
        row = rows.subject(connection, *_key(person))
        assert person_texts.texts_of_subject(connection, *_key(person)) == []
    assert row is not None
    assert row.wrapped_key is None
    with pytest.raises(BadInput):
        subjects.by_nik(world.ctx, BUDI.nik or "")
    view = subjects.show(world.ctx, person)
    assert view["erased"]
    assert view["texts"] == []
    assert party_data(view) == [None]
    assert faults(world) is None


def test_no_plain_word_about_a_person_is_in_any_row_even_before(world: World) -> None:
    number = opened(world)
    world.act(number, "dewi", "claim", "intake", note="he came by bicycle")
    corrections.correct(world.ctx, budi(world, number), {"address": "Jalan Melati 5"})
    stored = everything_stored(world)
    for word in ("Budi", BUDI.nik, "example.id", "Siti", "811 000", "bicycle", "school", "Melati"):
        assert word is not None
        assert word not in stored
    assert number in stored


def test_the_other_parties_of_the_case_stay(world: World) -> None:
    number = opened(world)
    erase(world, budi(world, number), "retention_ended")
    views = [subjects.show(world.ctx, person) for person in subjects.by_case(world.ctx, number)]
    assert [view["erased"] for view in views] == [True, False]
    assert party_data(views[1])[0]["name"] == "Siti Aminah"


def test_a_corrected_person_can_be_erased(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    corrections.correct(world.ctx, person, {"name": "B"})
    erase(world, person, "unlawful")
    assert [event.type for event in stream(world, person)] == [
        "casetrack.subject.corrected",
        "casetrack.subject.erased",
    ]
    assert faults(world) is None


def test_nobody_is_erased_twice_or_corrected_afterwards(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    erase(world, person, "unlawful")
    with pytest.raises(BadInput, match="was erased"):
        erase(world, person, "unlawful")
    with pytest.raises(BadInput, match="was erased"):
        corrections.correct(world.ctx, person, {"name": "B"})
    assert len(stream(world, person)) == 1


def test_the_same_nik_after_an_erasure_is_a_new_person(world: World) -> None:
    first = opened(world)
    erase(world, budi(world, first), "no_longer_needed")
    second = opened(world, BUDI)
    assert budi(world, second) != budi(world, first)
    assert subjects.by_nik(world.ctx, BUDI.nik or "") == [budi(world, second)]
    assert faults(world) is None


def test_the_case_of_an_erased_person_goes_on_without_words(world: World) -> None:
    number = str(world.open().view["number"])
    erase(world, budi(world, number), "consent_withdrawn")
    with pytest.raises(NotNow, match="erased"):
        world.act(number, "dewi", "claim", "intake", note="a word")
    world.act(number, "dewi", "return", "intake", defects=[{"requirement": "ktp"}])
    assert faults(world) is None


def test_a_message_on_its_way_to_an_erased_person_is_not_possible(world: World) -> None:
    number = str(world.open().view["number"])
    relay.drain(world.ctx, told, lambda _: None)
    erase(world, budi(world, number), "subject_request")
    _deliver(world, number)
    world.act(number, "dewi", "declare_complete", "intake")
    _deliver(world, number)
    with world.database.read() as connection:
        found = delivery_lists.deliveries(
            connection, number=number, states=["not_possible", "delivered", "pending"], limit=9
        )
    assert [row.state for row in found] == ["not_possible", "not_possible"]
    assert list(world.mail.glob("*.eml")) == []
    page = untold.untold(world.ctx, world.actor("dewi"), after=0, limit=10)
    assert [item["number"] for item in page.items] == [number]
    assert len(page.items[0]["notices"]) == 2
    assert page.items[0]["people"] == [{"party": "applicant", "name": None, "phone": None}]


# --- at once --------------------------------------------------------------------------------------


def _nothing_under_a_dead_key(world: World) -> None:
    with world.database.read() as connection:
        dead = {
            row.subject
            for row in connection.execute(schema.subjects.select())
            if row.wrapped_key is None
        }
        kept = {row.subject for row in connection.execute(schema.texts.select())}
    assert not dead & kept


def test_a_case_opened_while_its_person_is_erased_leaves_no_text_under_a_dead_key(
    world: World,
) -> None:
    for _ in range(5):
        person = budi(world, opened(world, BUDI))

        def do(place: int, person: Person = person) -> Any:
            if place == 0:
                return erase(world, person, "subject_request")
            return opened(world, BUDI)

        results = at_once(6, do)
        assert not [r for r in results if isinstance(r, Exception)], results
        _nothing_under_a_dead_key(world)
    assert faults(world) is None


def test_a_note_written_while_its_person_is_erased_leaves_no_text_under_a_dead_key(
    world: World,
) -> None:
    """The key is fetched before the locks: the erasure comes exactly in between."""
    number = str(world.open().view["number"])
    actor, person = world.actor("dewi"), budi(world, number)
    seen = sight(world.ctx, actor, number)
    erased: list[int] = []

    def late_random(count: int) -> bytes:
        # Sealing draws an id: that is after the key was fetched and before the locks are taken.
        if not erased:
            erased.append(erase(world, person, "subject_request"))
        return world.ctx.random(count)

    slow = replace(world.ctx, random=late_random)
    with pytest.raises(NotNow, match="erased"):
        do.do(
            slow,
            actor,
            seen,
            Doing("claim", step="intake", note="he came by bicycle"),
            lambda: Seen(case=seen.state.version),
        )
    assert erased == [1]
    _nothing_under_a_dead_key(world)
    assert faults(world) is None


def test_an_erasure_exactly_before_the_locks_of_an_opening_gives_a_new_person(
    world: World,
) -> None:
    person = budi(world, opened(world, BUDI))
    erased: list[int] = []

    def late_random(count: int) -> bytes:
        if not erased:
            erased.append(erase(world, person, "subject_request"))
        return world.ctx.random(count)

    slow = replace(world.ctx, random=late_random)
    answer = open_at_counter(slow, world.actor("dewi"), Application("surat-keterangan", {}, [BUDI]))
    assert len(erased) == 1
    assert budi(world, str(answer.view["number"])) != person
    _nothing_under_a_dead_key(world)
    assert faults(world) is None


def test_corrections_at_once_are_one_after_the_other(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    results = at_once(6, lambda n: corrections.correct(world.ctx, person, {"name": f"Name {n}"}))
    assert not [r for r in results if isinstance(r, Exception)], results
    assert [event.version for event in stream(world, person)] == list(range(1, 7))
    assert faults(world) is None


# --- the commands ---------------------------------------------------------------------------------


def run(world: World, words: Sequence[str], stdin: str = "") -> Result:
    """A command of the program on this world's database."""
    environment = environment_for(world.app.settings.database_url, world.mail.parent)
    return run_command(environment, ["subject", *words], stdin)


def test_show_takes_the_nik_from_stdin_or_a_file_and_prints_to_stdout_only(
    world: World,
) -> None:
    number = opened(world)
    result = run(world, ["show", "--nik-file", "-", "--json"], f"{BUDI.nik}\n")
    (view,) = json.loads(result.stdout)
    assert view["subject"] == budi(world, number).subject
    assert result.stderr == ""
    file = world.mail.parent / "nik.txt"
    file.write_text(f"{BUDI.nik}\n")
    shown = run(world, ["show", "--nik-file", str(file)])
    assert "name: Budi Santoso" in shown.stdout
    assert "fact: near the school" in shown.stdout
    assert shown.stderr == ""


def test_show_wants_exactly_one_way_to_find_somebody(world: World) -> None:
    for words in ([], ["--subject", "x", "--case", "y"]):
        result = run(world, ["show", *words])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--nik-file" in result.stderr


def test_correct_reads_its_fields_from_stdin(world: World) -> None:
    number = opened(world)
    person = budi(world, number)
    result = run(
        world,
        ["correct", "--subject", person.subject],
        json.dumps({"phone": "0812345678", "email": None}),
    )
    assert (result.exit_code, result.stderr) == (0, "")
    assert "email, phone" in result.stdout
    (data,) = party_data(subjects.show(world.ctx, person))
    assert data["phone"] == "+62812345678"
    assert "email" not in data


def test_correct_says_what_is_wrong_with_its_input_and_repeats_none_of_it(world: World) -> None:
    person = budi(world, opened(world))
    for text in ('{"email": "budi rahasia"}', "Rahasia: ya", '{"rahasia": 1}'):
        result = run(world, ["correct", "--subject", person.subject], text)
        assert result.exit_code == 2
        assert "ahasia" not in result.output


def test_erase_asks_and_takes_no_for_an_answer(world: World) -> None:
    person = budi(world, decided(world))
    words = ["erase", "--subject", person.subject]
    for answer in ("n\n", ""):
        result = run(world, words, answer)
        assert result.exit_code == 2
        assert subjects.show(world.ctx, person)["erased"] is False
    assert run(world, words, "y\n").exit_code == 0
    assert subjects.show(world.ctx, person)["erased"] is True


def test_erase_with_yes_does_not_ask(world: World) -> None:
    person = budi(world, decided(world))
    words = ["erase", "--subject", person.subject, "--yes"]
    result = run(world, words)
    assert result.exit_code == 0
    assert "3 texts" in result.stdout
    again = run(world, words)
    assert again.exit_code == 2
    assert "was erased" in again.stderr
