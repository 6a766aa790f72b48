"""Accounts and seats of a region's files: what may not be joined, and whose roles cannot do it."""

from dataclasses import replace

from casetrack.domain.authority.filing import Filed
from casetrack.domain.region.region_check import region_problems
from casetrack.domain.region.region_data import JoinedPair, Officer, RegionData
from casetrack.domain.region.seat_check import seat_problems, warnings
from tests.support import demo
from tests.support.registers import registrar


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
            assert "izin-pemakaian-aset" in problem.message
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
    assert warning.startswith(
        "smr.signer sits in a position that must do izin-pemakaian-aset, decide"
    )
    assert "the account has clerk" in warning
    assert list(warnings(city(replace(clerk, more_roles=("officer",))))) == []
    assert list(warnings(city(replace(clerk, disabled=True)))) == []


# --- several accounts of one person ---------------------------------------------------------------


def test_two_accounts_of_one_person_are_looked_at_as_one() -> None:
    seat = Officer("smr.signer", "officer", "dpmptsp", person="p-1")
    keeper = Officer("smr.neu", "clerk", "dpmptsp", registrar_for=("dpmptsp",), person="p-1")
    (problem,) = seat_problems(city(seat, keeper))
    assert "is registrar for dpmptsp and sits in a position that decides" in problem.message
    assert list(seat_problems(city(seat, replace(keeper, person="p-2")))) == []
    (problem,) = seat_problems(
        city(replace(keeper, registrar_for=()), Officer("smr.x", "auditor", None, person="p-1"))
    )
    assert problem.message.startswith("the accounts smr.neu, smr.x are one person's: who audits")


def test_a_pair_that_the_region_names_is_let_be_unless_the_person_audits() -> None:
    keeper = Officer("smr.signer", "officer", "dpmptsp", registrar_for=("dpmptsp",))
    pair = JoinedPair("smr.signer", "kepala-dpmptsp", "Hanya tiga pegawai.")

    def named(data: RegionData) -> RegionData:
        return replace(data, region=replace(data.region, joined=(pair,)))

    assert list(seat_problems(named(city(keeper)))) == []
    auditor = named(city(Officer("smr.signer", "auditor", None)))
    assert len(list(seat_problems(auditor))) == 1
    told = [problem.message for problem in region_problems(auditor)]
    assert "joined: 'smr.signer' audits" in told


def test_a_paper_of_the_files_that_makes_a_registrar_counts_like_their_word() -> None:
    data = city()
    assert data.register is not None
    paper = registrar("smr.signer", "dpmptsp")
    filed = Filed("registrar", paper.id, paper.entry, "ab" * 32)
    register = replace(data.register, entries=(*data.register.entries, filed))
    (problem,) = seat_problems(replace(data, register=register))
    assert "'smr.signer' is registrar for dpmptsp" in problem.message
