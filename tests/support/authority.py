"""A world whose decisions need a passport: the billboard permit in Samarinda's one-door office."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from casetrack.domain.authority.entries import Letter, Registrar
from casetrack.domain.authority.filing import Filed
from casetrack.domain.authority.recorded import Recorded
from casetrack.domain.errors import NotNow
from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.domain.service.definition import Action, ServiceDefinition
from casetrack.storage.authority import register as stored
from casetrack.usecases.authority import register
from casetrack.usecases.authority.load_papers import file
from tests.support.registers import latest, registrar
from tests.support.registers import samarinda as papers_of_samarinda
from tests.support.world import World, billboard, letter, samarinda, surabaya

#: Officers of the register who are not in the ordinary cast: role and agency.
MORE = {
    "andi": ("officer", "dpmptsp"),
    "yuni": ("officer", "dpmptsp"),
    "sekda": ("head", "dpmptsp"),
}
PAPER = "ab" * 32


def guarded(service: ServiceDefinition, **of_step: Any) -> ServiceDefinition:
    """The service with an authority on every decision step; `of_step` changes single steps."""
    needed: dict[str, Action] = {"decide": "decide", "sign": "sign"}
    steps = tuple(
        replace(
            step,
            authority=needed.get(step.kind) or ("recommend" if step.official else None),
            **of_step.get(step.id, {}),
        )
        for step in service.steps
    )
    return replace(service, steps=steps)


def guarded_regions(**of_step: Any) -> tuple[RegionData, RegionData]:
    """Samarinda, whose decisions need a passport; Surabaya, whose do not."""
    data = samarinda(guarded(billboard(), **of_step), guarded(letter()))
    officers = (
        *data.officers,
        *(Officer(f"smr.{name}", role, agency) for name, (role, agency) in MORE.items()),
    )
    return replace(data, officers=officers), surabaya()


def world_of(url: str, folder: Path, papers: Iterable[Recorded], **of_step: Any) -> World:
    """Samarinda with this register, and its registrars by letters of 2020; Surabaya without any."""
    world = World.make(url, folder, regions_=guarded_regions(**of_step))
    enter(world, *latest(papers))
    give_letters(world)
    return world


def give_letters(world: World) -> None:
    """The set-ups of a world's registrars get a letter that reaches back before its clock, by two of whom
    nothing else is known."""
    began = date(2020, 1, 2)
    letter = Letter("SK-REGISTER", began, None)
    with world.database.write() as uow:
        uow.lock_register("64.72", exclusive=True)
        entries = [
            filed(replace(recorded, entry=replace(duty, since=began, letter=letter)))
            for recorded, duty in stored.registrars(uow.connection, "64.72").all_of(Registrar)
        ]
        file(uow, "64.72", entries, entered_by="smr.arsip", confirmed_by="smr.arsip2")


def filed(paper: Recorded) -> Filed:
    """A paper as it is entered."""
    return Filed(paper.kind, paper.id, paper.entry, PAPER)


def enter(world: World, *papers: Recorded) -> None:
    """Papers that two registrars stand for, all at once."""
    with world.database.write() as uow:
        uow.lock_register("64.72", exclusive=True)
        entries = [filed(paper) for paper in papers]
        file(uow, "64.72", entries, entered_by="smr.lina", confirmed_by="smr.joko")


def make_registrar(world: World, login: str, *bodies: str) -> None:
    """Papers, which two registrars stand for, that let an officer keep those of these bodies."""
    enter(world, *(registrar(login, body) for body in bodies))


def dismiss(world: World, login: str, *bodies: str) -> None:
    """Papers that end their duty for these bodies: yesterday was the last day."""
    yesterday = world.ctx.region("64.72")[1].local_date(world.hands.now) - timedelta(days=1)
    with world.database.read() as connection:
        duties = stored.registrars(connection, "64.72").duties_of(login)
    ended = [
        replace(recorded, entry=replace(duty, until=yesterday))
        for recorded, duty in duties
        if duty.agency in bodies
    ]
    assert {
        recorded.entry.agency for recorded in ended if isinstance(recorded.entry, Registrar)
    } == {*bodies}
    enter(world, *ended)


def confirm(world: World, paper: Recorded, by: str = "lina", second: str = "joko") -> None:
    """One paper, entered by one registrar and confirmed by another, who means what it stops."""
    register.draft(world.ctx, world.actor(by), filed(paper))
    settle(world, paper, second)


def settle(world: World, paper: Recorded, by: str = "joko") -> None:
    """The paper's draft confirmed, whatever it stops."""
    version = register.read(world.ctx, "64.72", paper.kind, paper.id)[-1].version
    place = paper.kind, paper.id, "confirm", lambda: version
    try:
        register.settle(world.ctx, world.actor(by), *place)
    except NotNow as refused:
        said = refused.fields["stops"]
        register.settle(world.ctx, world.actor(by), *place, stops=said)


__all__ = [
    "PAPER",
    "confirm",
    "dismiss",
    "enter",
    "filed",
    "give_letters",
    "guarded",
    "guarded_regions",
    "make_registrar",
    "papers_of_samarinda",
    "settle",
    "world_of",
]
