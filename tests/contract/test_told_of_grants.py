"""Whoever oversees hears at once, at their own address, that the law granted, and who held the file."""

from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.contract.test_grants_by_law import ARTICLE, complete, pass_the_limit, region, set_up
from tests.support.web import Web
from tests.support.world import World, surabaya

#: Login → own address. Of Hadi it is known, and he oversees nothing; of the head it is not.
OWN = {"smr.audit": "audit", "smr.wati": "wati", "smr.hadi": "hadi"}


@pytest.fixture
def web(database_url: str, tmp_path: Path) -> Iterator[Web]:
    """A doctor's permit that the law grants after five working days."""
    addresses = tuple((login, f"{name}@petugas.example") for login, name in OWN.items())
    here = replace(region(), addresses=addresses)
    world = World.make(database_url, tmp_path, regions_=(here, surabaya()))
    yield Web(world)
    world.close()


def _told(web: Web) -> dict[str, tuple[str, str]]:
    """Own address → subject and text of its one mail."""
    web.deliver()
    found = {}
    for path in web.world.mail.glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        to = str(mail["To"])
        if to.endswith("@petugas.example"):
            assert to not in found, "each is told once"
            found[to.partition("@")[0]] = str(mail["Subject"]), mail.get_content()
    return found


def test_auditor_and_supervisor_hear_at_once_who_held_it_and_how_long(web: Web) -> None:
    set_up(web)
    number, _ = complete(web)
    web.act(number, "tono", "claim", "advise")
    pass_the_limit(web)
    told = _told(web)
    assert set(told) == {"audit", "wati"}
    subject, text = told["audit"]
    assert subject == f"[{number}] Dikabulkan menurut hukum / granted by law"
    assert ARTICLE in text
    assert "- dinkes, advise, smr.tono, 5" in text
    # Who held it is named, and nobody whom the case is about.
    assert "Budi" not in text


def test_what_is_only_flagged_is_told_to_no_auditor_s_address(web: Web) -> None:
    complete(web)
    pass_the_limit(web)
    assert _told(web) == {}
