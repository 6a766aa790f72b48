"""Who receives an event: parties, the sink of an imported log, subscribers; each by its own rule."""

import pytest

from casetrack.domain.delivery.receivers import (
    Numbered,
    PartyWay,
    Receiver,
    Subscription,
    receivers,
)

OPENED = Numbered("casetrack.case.opened", "SMR-1", "izin-reklame", frozenset({"dpmptsp", "dlh"}))
IMPORTED = Numbered("casetrack.imported.event", "import/log/1", None, frozenset())
BUDI, WALK_IN = PartyWay("applicant", "email"), PartyWay("payer", None)


def everything(_type: str) -> bool:
    return True


def nothing(_type: str) -> bool:
    return False


def test_parties_hear_what_is_told_to_them_each_by_the_own_channel() -> None:
    assert receivers(OPENED, [BUDI, WALK_IN], [], everything) == [
        Receiver("applicant", "email"),
        Receiver("payer", None),
    ]
    assert receivers(OPENED, [BUDI], [], nothing) == []


def test_an_imported_event_goes_to_the_file_and_to_no_person() -> None:
    assert receivers(IMPORTED, [BUDI], [], everything) == [Receiver("log", "file")]


def test_subscribers_hear_what_no_party_is_told() -> None:
    wide = Subscription("sub1", ("casetrack.case.*",))
    assert receivers(OPENED, [BUDI], [wide], nothing) == [Receiver("sub1", "webhook")]


@pytest.mark.parametrize(
    ("subscription", "wanted"),
    [
        (Subscription("s", ("casetrack.case.opened",)), True),
        (Subscription("s", ("casetrack.case.granted", "casetrack.case.opened")), True),
        (Subscription("s", ("casetrack.*",)), True),
        (Subscription("s", ("casetrack.step.*",)), False),
        (Subscription("s", ("casetrack.case.open",)), False),
        (Subscription("s", ("casetrack.*",), service="izin-reklame"), True),
        (Subscription("s", ("casetrack.*",), service="surat-keterangan"), False),
        (Subscription("s", ("casetrack.*",), agency="dlh"), True),
        (Subscription("s", ("casetrack.*",), agency="dinkes"), False),
    ],
)
def test_a_subscription_takes_what_it_names_and_what_its_owner_may_see(
    subscription: Subscription, wanted: bool
) -> None:
    assert subscription.wants(OPENED) is wanted


def test_the_past_is_told_only_to_who_names_it() -> None:
    assert not Subscription("s", ("casetrack.*",)).wants(IMPORTED)
    assert Subscription("s", ("casetrack.imported.*",)).wants(IMPORTED)
    assert Subscription("s", ("casetrack.imported.event",)).wants(IMPORTED)


def test_administration_is_told_only_to_who_names_it_and_to_no_agency() -> None:
    added = Numbered(
        "casetrack.administration.officer_added", "administration/64.72", None, frozenset()
    )
    named = ("casetrack.administration.*",)
    assert not Subscription("s", ("casetrack.*",)).wants(added)
    assert Subscription("s", named).wants(added)
    assert Subscription("s", (added.type,)).wants(added)
    assert not Subscription("s", named, agency="dpmptsp").wants(added)


def test_an_event_about_no_case_is_for_the_whole_region_only() -> None:
    about_none = Numbered("casetrack.authority.withdrawn", "authority/x", None, frozenset())
    assert Subscription("s", ("casetrack.authority.*",)).wants(about_none)
    assert not Subscription("s", ("casetrack.authority.*",), agency="dlh").wants(about_none)
