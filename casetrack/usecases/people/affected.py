"""Whose data an account saw, by the record of looks: for telling them when it was stolen."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from casetrack.domain.events import instant
from casetrack.domain.people.readings import KINDS, OF_COMPLAINTS, Reading
from casetrack.storage.case import complaint_rows
from casetrack.storage.people import readings, sealed_rows
from casetrack.storage.people.readings import Place, Which
from casetrack.usecases.context import Context
from casetrack.usecases.people.officers import of_officer

#: Looks, and cases, of one read.
_AT_ONCE = 500


@dataclass
class _Seen:
    """A subject: in which cases they were seen, by which kinds of look, when first and last."""

    looks: list[Reading] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)

    def as_data(self, subject: str, erased: bool) -> dict[str, Any]:
        kinds = {look.kind for look in self.looks}
        moments = [look.at for look in self.looks]
        return {
            "subject": subject,
            "erased": erased,
            "cases": sorted(self.cases),
            "kinds": [kind for kind in KINDS if kind in kinds],
            "first_at": instant(min(moments)),
            "last_at": instant(max(moments)),
        }


def affected(ctx: Context, login: str, first: date, last: date) -> dict[str, Any]:
    """Cases, complaints and subjects that the account saw on these local days, both included: ids, no
    names.

    A page of a list counts for all who stood on it. Raises BadInput: there is no such officer.
    """
    region = of_officer(ctx, login)
    calendar = ctx.region(region)[1]
    since, until = calendar.start_of(first), calendar.start_of(last + timedelta(days=1))
    looks: dict[str, list[Reading]] = {}
    count = 0
    before: Place | None = None
    which = Which(login, since, until)
    while True:
        with ctx.database.read() as connection:
            page = readings.of_region(connection, region, which, before=before, limit=_AT_ONCE)
        count += len(page)
        for look in page:
            for number in look.cases:
                looks.setdefault(number, []).append(look)
        if len(page) < _AT_ONCE:
            break
        before = (page[-1].at, page[-1].reading)
    complaints = {
        number for number, of in looks.items() if any(look.kind in OF_COMPLAINTS for look in of)
    }
    return {
        "officer": login,
        "region": region,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "looks": count,
        "cases": sorted(looks.keys() - complaints),
        "complaints": sorted(complaints),
        "subjects": _subjects(ctx, region, looks),
    }


def _subjects(ctx: Context, region: str, looks: dict[str, list[Reading]]) -> list[dict[str, Any]]:
    """Who stands in these cases and complaints today: who was joined since under their id of now."""
    numbers = sorted(looks)
    seen: dict[tuple[str, bool], _Seen] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        with ctx.database.read() as connection:
            batch = numbers[start : start + _AT_ONCE]
            rows = sealed_rows.parties_of_cases(connection, region, batch)
            complained = complaint_rows.subjects_of(connection, region, batch)
        for row in rows:
            of = _looks_at(looks[row.number], row.role)
            if of:
                known = seen.setdefault((row.subject, row.wrapped_key is None), _Seen())
                known.looks += of
                known.cases.add(row.number)
        for number, subject, erased in complained:
            known = seen.setdefault((subject, erased), _Seen())
            known.looks += looks[number]
            known.cases.add(number)
    return [known.as_data(*who) for who, known in sorted(seen.items())]


def _looks_at(looks: list[Reading], role: str) -> list[Reading]:
    """Those of a case that showed this role: an unmasking shows one."""
    return [look for look in looks if look.unmasking is None or look.unmasking.party == role]
