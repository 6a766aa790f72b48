"""Whether a large database is as quick as a small one: the same acts on both, counted in blocks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench import bench_region, own_servers
from bench.fill import STAGES, fill
from bench.fill_command import play
from bench.http_client import Client
from bench.load import Case
from bench.plan_log import Plan, PlanLog, explained
from bench.processes import NotReady
from bench.runner import settle
from bench.whole_stage import DATABASE, Stage, stage, subscribe
from casetrack import bootstrap, config
from casetrack.bootstrap import App
from casetrack.usecases.delivery import relay
from workers import clock

Say = Callable[[str], None]
#: Times that everything is done at each size.
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """Cases of the two databases, rows of a page, and one of how many cases is open.

    A planner rightly reads a small table as a whole: where both are small it is told not to.
    """

    small: int = 10_000
    large: int = 1_000_000
    page: int = 50
    open_each: int = 50
    by_index: bool = False


#: So small that a test can do it.
SHORT = Sizes(300, 3_000, page=3, open_each=10, by_index=True)


#: Tables whose rows are soon over.
_QUEUES = "queue, lanes"
#: Rows that nobody counts.
_FEW = 20
#: Part of a statement that reads more where there is more, and why it may.
KNOWN: Mapping[str, str] = {
    "AS few_0": "a search counts who has each word, up to the number at which it is refused",
    "AS passed_work": "the lists say how many rows each has, and stop at a thousand",
    "FROM services": "a region has its services, whatever cases there are",
    "FROM register_entries": "the register has its own size, whatever cases there are",
}

#: Act and text of a statement, and whether it found anything.
Key = tuple[str, str, bool]


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


def flat(sizes: Sizes, say: Say, progress: Callable[[int], None]) -> Flatness:
    """The acts at both sizes, on servers of its own. Raises BadInput without their programs, NotReady."""
    # Blocks are counted, not time.
    with stage(sizes.by_index, say, own_servers.FORGETFUL) as place:
        if sizes.by_index:
            place.ask(f"ALTER DATABASE {DATABASE} SET enable_seqscan = off")
        place.start()
        subscribe(place)
        say("cases are played, each to another stage")
        client = Client(place.port, place.tokens)
        numbers = [play(client, serial, done) for serial, done in enumerate(STAGES, start=1)]
        settle(place.database)
        found, copies = [], 0
        with _programs(place) as programs, explained(place):
            for turn, cases in enumerate((sizes.small, sizes.large)):
                say(f"the database is filled to {cases:,} cases")
                place.ask("ALTER SYSTEM SET auto_explain.log_min_duration = -1")
                place.ask("SELECT pg_reload_conf()")
                app = programs["postgres"]
                fill(app, numbers, cases, progress, done=copies, open_each=sizes.open_each)
                copies = cases
                place.ask("ALTER SYSTEM SET auto_explain.log_min_duration = 0")
                place.ask("SELECT pg_reload_conf()")
                say("everything is done, and done again")
                acts = _Acts(place, client, 1000 + 1000 * turn, sizes.page, programs)
                found.append(acts.look())
        return _judge(sizes.small, sizes.large, *found)


@contextmanager
def _programs(place: Stage) -> Iterator[dict[str, App]]:
    """The program in this process, as these users of the database."""
    programs = {}
    try:
        for user in ("postgres", "relay", "clock"):
            environment = {
                **place.processes.environment,
                "CASETRACK_DATABASE_URL": place.url(user),
            }
            programs[user] = bootstrap.build(config.load(environment), wake=lambda: None)
        yield programs
    finally:
        for app in programs.values():
            app.database.close()


class _Acts:
    """Everything that is done all day long, through the doors that it is done through."""

    def __init__(
        self, place: Stage, client: Client, serial: int, page: int, round: Mapping[str, App]
    ) -> None:
        self._place, self._client, self._serial, self._page = place, client, serial, page
        #: Kind → the program as this user of the database, for what it does in rounds.
        self._round = round
        self._log = PlanLog(place)
        self._found: dict[Key, Plan] = {}

    def look(self) -> dict[Key, Plan]:
        """Each statement of each act."""
        # At first caches are filled, and statements are planned for these very values. Then the cheapest
        # counts: a table that had to be made longer is no fault of a statement.
        for turn in range(_TURNS):
            # What is over in a queue is passed by until somebody clears it away, whatever its size.
            self._place.ask(f"VACUUM {_QUEUES}")
            for act, do in self._acts():
                self._log.skip()
                do()
                self._take(act, keep=turn > 0)
        return self._found

    def _take(self, act: str, *, keep: bool) -> None:
        for plan in self._log.read():
            of = {"web": act, "postgres": ""}.get(plan.user, plan.user)
            if not of or not keep:
                continue
            # What found nothing to do is another thing than what did something.
            key = (of, plan.text, plan.given + plan.written > 0)
            before = self._found.get(key)
            if before is None or plan.blocks < before.blocks:
                self._found[key] = plan

    def _acts(self) -> Iterator[tuple[str, Callable[[], object]]]:
        self._serial += 10
        case, number = Case(self._serial), bench_region.nik(self._serial)

        def get(path: str, login: str) -> Callable[[], object]:
            return lambda: self._expect(self._client.get(path, login))

        def find(words: str) -> Callable[[], object]:
            asked = {"q": words, "limit": self._page}
            return lambda: self._expect(self._client.post("/cases/search", "ben.clerk", asked))

        yield "open", lambda: case.go_on(self._client)
        yield "transition", lambda: case.go_on(self._client)
        yield "relay, workers, clock", self._behind
        yield "case", lambda: get(f"/cases/{case.number}", "ben.clerk")()
        yield "status", lambda: self._client.look(f"/api/v1/status/{case.number}")
        yield "worklist", get(f"/worklist?limit={self._page}", "ben.roads")
        yield "counter's list", get(f"/worklist?list=check&limit={self._page}", "ben.clerk")
        yield "what is mine", get(f"/worklist?mine=true&limit={self._page}", "ben.roads")
        yield "what is late", get(f"/worklist?list=overdue&limit={self._page}", "ben.clerk")
        yield "to be told", get(f"/worklist?list=tell&limit={self._page}", "ben.clerk")
        yield "newest cases", get(f"/cases?limit={self._page}", "ben.clerk")
        yield "cases of a status", get(f"/cases?status=in_progress&limit={self._page}", "ben.clerk")
        yield "search by number", lambda: find(case.number)()
        yield "search by NIK", find(number)
        yield "search by a word", find(f"pemohon {self._serial}")
        yield "feed of the region", get(f"/events?after=1000&limit={self._page}", "ben.archive")
        yield "feed of an agency", get(f"/events?after=1000&limit={self._page}", "ben.system")
        yield "metrics", lambda: self._client.look("/metrics")

    def _expect(self, answer: tuple[int, Any, str | None]) -> None:
        if answer[0] != 200:
            raise NotReady(f"answered {answer[0]}: {answer[1]}")

    def _behind(self) -> None:
        """Until everybody is told; and what relay and clock do every few seconds, now."""
        settle(self._place.database)
        relay.sweep(self._round["relay"].ctx, lambda _: None)
        clock.one_round(self._round["clock"].ctx)


def _judge(
    small: int, large: int, at_small: dict[Key, Plan], at_large: dict[Key, Plan]
) -> Flatness:
    acts: dict[str, tuple[int, int]] = {}
    faults = []
    for key, after in at_large.items():
        act, text, _ = key
        before = at_small.get(key)
        if before is None:
            continue
        was, now = acts.get(act, (0, 0))
        acts[act] = was + before.blocks, now + after.blocks
        reason = next((why for part, why in KNOWN.items() if part in text), None)
        if reason is None:
            faults += [f"{act}: {fault}: {text[:400]}" for fault in _faults(before, after)]
    return Flatness(small, large, acts, faults)


def _faults(before: Plan, after: Plan) -> Iterator[str]:
    """What a statement does at the large size that it should not."""
    rows = after.given + after.written
    # A page that a small database could not fill is no measure: its rows are.
    more = max(1.0, after.given / max(before.given, 1))
    # One more for each index that is gone down, and each row may lie in a block of its own.
    allowed = before.blocks * more + after.descents + after.given + 3 * after.written
    if after.blocks > allowed:
        yield f"{before.blocks} blocks in the small one, {after.blocks} in the large"
    if after.thrown_away > 2 * rows + _FEW:
        yield f"{after.thrown_away} rows are read and thrown away for {rows} that are wanted"
    if after.read > 1.5 * before.read * more + _FEW:
        yield f"{before.read} rows are read in the small one, {after.read} in the large"
