"""Which looks at personal data somebody should ask about."""

from datetime import UTC, datetime, timedelta

from casetrack.domain.people.reading_findings import MANY, MANY_UNMASKED, Known, look_findings
from casetrack.domain.people.readings import Kind, Reading

MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)
KNOWN = Known(
    {"A": {"dpmptsp", "dlh"}, "B": {"dpmptsp"}},
    {"B": {"smr.dewi": "dpmptsp"}},
)


def look(
    *cases: str,
    who: str = "rudi",
    agency: str | None = "dlh",
    role: str = "officer",
    kind: Kind = "case",
    minutes: float = 0,
) -> Reading:
    at = MORNING + timedelta(minutes=minutes)
    return Reading("64.72", at, "id", f"smr.{who}", role, agency, kind, cases)


def found(*looks: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.kind, finding.cases) for finding in look_findings(looks, KNOWN)]


def test_a_case_without_a_step_of_one_s_agency_is_asked_about() -> None:
    assert found(look("A")) == []
    assert found(look("B")) == [("not_concerned", ("B",))]
    assert found(look("A", "B", kind="search")) == [("not_concerned", ("B",))]
    assert found(look("A", "B", kind="list")) == [], "what a list shows was not chosen"
    assert found(look("gone")) == [], "of a case that is not there nothing is known"


def test_who_reads_for_the_whole_region_is_asked_about_no_agency() -> None:
    assert found(look("B", who="audit", agency=None, role="auditor")) == []
    assert found(look("B", who="operator", agency=None, role="system", kind="export")) == []


def test_one_s_own_case_and_that_of_a_colleague_are_asked_about() -> None:
    assert found(look("B", who="dewi", agency="dpmptsp")) == [("own_case", ("B",))]
    assert found(look("B", who="hadi", agency="dpmptsp")) == [("colleague", ("B",))]


def test_many_different_cases_within_an_hour_are_one_finding() -> None:
    def opened(count: int, every: float) -> list[Reading]:
        return [look(f"N{n}", who="audit", role="auditor", minutes=n * every) for n in range(count)]

    assert found(*opened(MANY - 1, 0.5)) == []
    ((kind, cases),) = found(*opened(MANY, 0.5))
    assert (kind, len(cases)) == ("many_cases", MANY)
    assert found(*opened(MANY, 1.1)) == [], "they were spread over more than an hour"
    same = [look("A", minutes=n / 2) for n in range(2 * MANY)]
    assert found(*same) == [], "one case, looked at again and again"
    assert len(found(*opened(2 * MANY, 0.4))) == 2


def test_many_persons_read_in_full_are_counted_apart_from_opened_cases() -> None:
    def unmasked(count: int) -> list[Reading]:
        return [look(f"N{n}", kind="unmask", minutes=n) for n in range(count)]

    assert found(*unmasked(MANY_UNMASKED - 1), look("A", minutes=30)) == []
    ((kind, cases),) = found(*unmasked(MANY_UNMASKED))
    assert (kind, len(cases)) == ("many_unmasked", MANY_UNMASKED)
    assert found(look("B", kind="unmask")) == [("not_concerned", ("B",))]
