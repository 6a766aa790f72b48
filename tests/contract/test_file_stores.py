"""Files in a bucket: put, read, changed behind our back, erased; and a store that is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casetrack.domain.people.stored_files import NotThere, StoreAway
from casetrack.usecases.people import files
from casetrack.usecases.proof.verify import verify
from tests.contract.test_documents import erase_applicant, is_sound
from tests.contract.test_erasures import asked, settle
from tests.contract.test_files import PDF, billboard, read, rows
from tests.support.commands import run_command
from tests.support.object_store import BUCKET, KEY, ObjectStore, object_store
from tests.support.web import APPLICANT, BILLBOARD, Web, refused
from tests.support.world import SAMARINDA, World, environment_for


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("objects")) as made:
        yield made


@pytest.fixture
def web(database_url: str, tmp_path: Path, store: ObjectStore) -> Iterator[Web]:
    for name in store.names():
        store.client().delete_object(Bucket=BUCKET, Key=name)
    world = World.make(database_url, tmp_path, **store.settings)
    yield Web(world)
    world.close()


def test_a_file_lies_sealed_in_the_bucket_and_comes_out_as_it_was(
    web: Web, store: ObjectStore
) -> None:
    number = billboard(web)
    assert web.bring(number, PDF).status_code == 201
    (row,) = rows(web)
    assert store.names() == [f"casetrack/{SAMARINDA}/{row.file}"]
    (name,) = store.names()
    body = store.client().get_object(Bucket=BUCKET, Key=name)["Body"]
    assert b"%PDF" not in body.read()
    body.close()
    assert read(web, number).data == PDF
    assert is_sound(web)


def test_what_was_changed_in_the_bucket_is_refused_though_the_store_says_nothing(
    web: Web, store: ObjectStore
) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    (name,) = store.names()
    store.client().put_object(Bucket=BUCKET, Key=name, Body=b"something else")
    assert refused(read(web, number)) == (500, "file_not_as_kept")
    fault = verify(web.world.ctx, progress=lambda _: None).fault
    assert fault is not None
    assert fault.kind == "file"
    store.client().delete_object(Bucket=BUCKET, Key=name)
    assert refused(read(web, number)) == (500, "file_not_as_kept")


def test_who_is_erased_leaves_nothing_in_the_bucket(web: Web, store: ObjectStore) -> None:
    number = billboard(web)
    web.bring(number, PDF)
    web.act(number, "dewi", "withdraw")
    erase_applicant(web, number)
    assert files.remove_all_due(web.world.ctx, SAMARINDA)
    assert store.names() == []
    assert is_sound(web)


def test_a_store_that_is_away_is_said_and_the_upload_may_be_sent_again(
    database_url: str, tmp_path: Path
) -> None:
    with object_store(tmp_path / "objects") as store:
        settings = store.settings
        world = World.make(database_url, tmp_path, **settings)
        web = Web(world)
        number = billboard(web)
        etag = web.etag(number)
        web.bring(number, PDF, etag=etag)
    away = web.bring(number, PDF, key="again")
    assert refused(away) == (503, "store_unavailable")
    assert away.headers["Retry-After"] == "10"
    assert refused(read(web, number)) == (503, "store_unavailable")
    web.act(number, "dewi", "withdraw")
    found = verify(world.ctx, progress=lambda _: None)
    assert (found.fault, found.files.away, found.files.read) == (None, 1, 0)
    erase_applicant(web, number)
    assert not files.remove_all_due(world.ctx, SAMARINDA)
    assert files.remove_once(world.ctx) == 0, "the clock goes on without it"
    world.close()


def test_a_wrong_secret_reaches_nothing(
    database_url: str, tmp_path: Path, store: ObjectStore
) -> None:
    world = World.make(database_url, tmp_path, **{**store.settings, "CASETRACK_S3_SECRET": KEY})
    with pytest.raises(StoreAway):
        world.ctx.files.stored_digest(SAMARINDA, "0" * 32)
    world.close()


def test_what_is_not_in_the_bucket_is_not_there(web: Web) -> None:
    with pytest.raises(NotThere):
        web.world.ctx.files.stored_digest(SAMARINDA, "0" * 32)


def test_the_command_that_erases_takes_the_files_away_or_says_that_it_could_not(
    database_url: str, tmp_path: Path
) -> None:
    with object_store(tmp_path / "objects") as store:
        world = World.make(database_url, tmp_path, **store.settings)
        web = Web(world)
        numbers = [str(web.open({**BILLBOARD, "applicant": each})["number"]) for each in TWO]
        for number in numbers:
            assert web.bring(number, PDF).status_code == 201
            web.act(number, "dewi", "withdraw")
        words = [erased_by_two(web, number) for number in numbers]
        environment = environment_for(database_url, tmp_path, **store.settings)
        done = run_command(environment, words[0])
        assert done.exit_code == 0, done.output
        assert len(store.names()) == 1
    away = run_command(environment, words[1])
    assert away.exit_code == 2
    assert "The store of files does not answer" in away.output
    world.close()


TWO = [{**APPLICANT, "nik": nik} for nik in ("6472010101900001", "6472010101900002")]


def erased_by_two(web: Web, number: str) -> list[str]:
    """Two officers decide about the applicant; gives the words of the command."""
    subject = asked(web, number)
    assert settle(web, subject, "ketua").status_code == 200
    return ["subject", "erase", "--subject", subject, "--yes"]
