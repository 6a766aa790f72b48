"""Accounts and seats of a region's files: what may not be joined, and whose roles cannot do it."""

from dataclasses import replace

from casetrack.domain.region.region_data import Officer, RegionData
from casetrack.domain.region.seat_check import seat_problems, warnings
from tests.support import demo


def city(*officers: Officer) -> RegionData:
    """Samarinda, where these accounts stand in the place of those with their login."""
    data = demo.region("64.72")
    logins = {officer.login for officer in officers}
    others = [officer for officer in data.officers if officer.login not in logins]
    return replace(data, officers=(*officers, *others))


def test_the_demo_has_nothing_to_say() -> None:
    assert list(seat_problems(city())) == []
    assert list(warnings(city())) == []


def test_who_keeps_the_accounts_or_audits_sits_nowhere_that_decides() -> None:
    for role in ("admin", "auditor"):
        for officer in (
            Officer("smr.signer", role, None),  # by the letter in the register
            Officer("smr.neu", role, None, ("kepala-dpmptsp",)),  # by officers.yaml
        ):
            (problem,) = seat_problems(city(officer))
            assert officer.login in problem.message
            assert "izin-reklame" in problem.message
    assert (
        list(seat_problems(city(Officer("smr.neu", "admin", None, ("sekretaris-dpmptsp",))))) == []
    )


def test_who_keeps_an_agency_s_papers_sits_in_none_of_its_positions_that_decide() -> None:
    by_letter = Officer("smr.signer", "officer", "dpmptsp", registrar_for=("dpmptsp",))
    by_file = Officer(
        "smr.neu", "officer", "dpmptsp", ("kepala-dpmptsp",), registrar_for=("dlh", "dpmptsp")
    )
    for officer in (by_letter, by_file):
        (problem,) = seat_problems(city(officer))
        assert f"{officer.login!r} is registrar for " in problem.message
    # Another agency's papers are not about their own seat.
    assert list(seat_problems(city(replace(by_letter, registrar_for=("dlh",))))) == []


def test_a_load_warns_of_whose_roles_cannot_do_what_their_position_must() -> None:
    clerk = Officer("smr.signer", "clerk", "dpmptsp")
    (warning,) = warnings(city(clerk))
    assert warning.startswith("smr.signer sits in a position that must do izin-reklame, decide")
    assert "the account has clerk" in warning
    assert list(warnings(city(replace(clerk, more_roles=("officer",))))) == []
    assert list(warnings(city(replace(clerk, disabled=True)))) == []
