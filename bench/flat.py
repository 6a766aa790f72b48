"""Whether a large database is as quick as a small one: the same acts on both, counted in blocks."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench import bench_region
from bench.fill import STAGES, fill
from bench.fill_command import play
from bench.http_client import Client
from bench.load import Case
from bench.plan_log import Plan, PlanLog, explained
from bench.processes import NotReady
from bench.runner import settle
from bench.whole_stage import Stage, stage, subscribe
from casetrack import bootstrap, config

Say = Callable[[str], None]
#: Seconds in which relay, workers and clock make each of their rounds.
_ROUND = 6.0
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Looked:
    """A statement of one act at one size: the dearest that was seen of it."""

    blocks: int
    descents: int
    read: int
    given: int
    written: int
    thrown_away: int
    document: Mapping[str, Any]


#: Act, user and text of a statement.
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Flatness:
    """What was found at both sizes, and what breaks the rule."""

    small: int
    large: int
    acts: dict[str, tuple[int, int]]
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing grows."""
        return not self.faults

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "scenario": "flat",
            "small": self.small,
            "large": self.large,
            "blocks": self.acts,
            "faults": self.faults,
            "sound": self.sound,
        }

    def in_words(self) -> str:
        """A table in Markdown, and the faults below it."""
        heads = f"| act | blocks at {self.small:,} cases | at {self.large:,} | ratio |"
        rows = [
            f"| {act} | {small} | {large} | {large / max(small, 1):.2f} |"
            for act, (small, large) in self.acts.items()
        ]
        return "\n".join([heads, "|---|---|---|---|", *rows, "", *self.faults])


def flat(small: int, large: int, say: Say, progress: Callable[[int], None]) -> Flatness:
    """The acts at both sizes, on servers of its own. Raises BadInput without their programs, NotReady."""
    with stage(small < 1_000, say) as place:
        place.start()
        subscribe(place)
        say("cases are played, each to another stage")
        client = Client(place.port, place.tokens)
        numbers = [play(client, serial, done) for serial, done in enumerate(STAGES, start=1)]
        settle(place.database)
        app = bootstrap.build(config.load(place.processes.environment), wake=lambda: None)
        found, copies = [], 0
        try:
            with explained(place):
                for turn, cases in enumerate((small, large)):
                    say(f"the database is filled to {cases:,} cases")
                    place.ask("ALTER SYSTEM SET auto_explain.log_min_duration = -1")
                    place.ask("SELECT pg_reload_conf()")
                    fill(app, numbers, cases, progress, done=copies)
                    copies = cases
                    place.ask("ALTER SYSTEM SET auto_explain.log_min_duration = 0")
                    place.ask("SELECT pg_reload_conf()")
                    say("everything is done once, and once more")
                    found.append(_Acts(place, client, 1000 + 1000 * turn).look())
        finally:
            app.database.close()
        return _judge(small, large, *found)


class _Acts:
    """Everything that is done all day long, through the doors that it is done through."""

    def __init__(self, place: Stage, client: Client, serial: int) -> None:
        self._place, self._client, self._serial = place, client, serial
        self._log = PlanLog(place)
        self._found: dict[Key, Looked] = {}

    def look(self) -> dict[Key, Looked]:
        """Each statement of each act."""
        # Twice: at first caches are filled, and statements are planned for these very values.
        for keep in (False, True):
            for act, do in self._acts():
                self._log.skip()
                do()
                time.sleep(0.05)
                self._take(act, keep=keep)
        return self._found

    def _take(self, act: str, *, keep: bool) -> None:
        for plan in self._log.read():
            of = {"web": act, "postgres": ""}.get(plan.user, plan.user)
            if not of or not keep:
                continue
            key = (of, plan.user, plan.text)
            before = self._found.get(key)
            if before is None or before.blocks < plan.blocks:
                self._found[key] = _looked(plan)

    def _acts(self) -> Iterator[tuple[str, Callable[[], object]]]:
        self._serial += 10
        case, number = Case(self._serial), bench_region.nik(self._serial)

        def get(path: str, login: str) -> Callable[[], object]:
            return lambda: self._expect(self._client.get(path, login))

        def find(words: str) -> Callable[[], object]:
            asked = {"q": words, "limit": _PAGE}
            return lambda: self._expect(self._client.post("/cases/search", "ben.clerk", asked))

        yield "open", lambda: case.go_on(self._client)
        yield "transition", lambda: case.go_on(self._client)
        yield "relay, workers, clock", self._wait
        yield "case", lambda: get(f"/cases/{case.number}", "ben.clerk")()
        yield "status", lambda: self._client.look(f"/api/v1/status/{case.number}")
        yield "worklist", get(f"/worklist?limit={_PAGE}", "ben.roads")
        yield "counter's list", get(f"/worklist?list=check&limit={_PAGE}", "ben.clerk")
        yield "newest cases", get(f"/cases?limit={_PAGE}", "ben.clerk")
        yield "cases of a status", get(f"/cases?status=in_progress&limit={_PAGE}", "ben.clerk")
        yield "search by number", lambda: find(case.number)()
        yield "search by NIK", find(number)
        yield "search by a word", find(f"pemohon {self._serial}")
        yield "feed of the region", get(f"/events?after=1000&limit={_PAGE}", "ben.archive")
        yield "feed of an agency", get(f"/events?after=1000&limit={_PAGE}", "ben.system")
        yield "metrics", lambda: self._client.look("/metrics")

    def _expect(self, answer: tuple[int, Any, str | None]) -> None:
        if answer[0] != 200:
            raise NotReady(f"answered {answer[0]}: {answer[1]}")

    def _wait(self) -> None:
        settle(self._place.database)
        time.sleep(_ROUND)


def _looked(plan: Plan) -> Looked:
    return Looked(
        plan.blocks, plan.descents, plan.read, plan.given, plan.written, plan.thrown_away,
        plan.document,
    )  # fmt: skip


def _judge(
    small: int, large: int, at_small: dict[Key, Looked], at_large: dict[Key, Looked]
) -> Flatness:
    acts: dict[str, tuple[int, int]] = {}
    faults = []
    for key, after in at_large.items():
        act, _, text = key
        before = at_small.get(key)
        if before is None:
            continue
        was, now = acts.get(act, (0, 0))
        acts[act] = was + before.blocks, now + after.blocks
        more = after.blocks - before.blocks
        allowed = after.descents + 3 * after.written
        if more > allowed:
            faults.append(
                f"{act}: {before.blocks} blocks at {small:,} cases, {after.blocks} at {large:,}; "
                f"{allowed} more would be right: {text[:300]}"
            )
        if after.thrown_away > max(after.given, after.written) + 10:
            faults.append(
                f"{act}: {after.thrown_away} rows are read and thrown away for {after.given} that are "
                f"given: {text[:300]}"
            )
    return Flatness(small, large, acts, faults)
