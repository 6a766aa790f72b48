"""From the counter to the hand-over, on both databases."""

from casetrack.storage.case import queries
from casetrack.storage.delivery import delivery_lists
from tests.support.apart import drain_apart
from tests.support.lanes import work
from tests.support.world import BILLBOARD_STORY, World


def test_a_billboard_permit_goes_from_the_counter_to_the_hand_over(world: World) -> None:
    number = world.open("izin-reklame").view["number"]
    world.play(number, BILLBOARD_STORY)
    work(world.ctx, drain_apart(world), world.app.teller)
    with world.database.read() as connection:
        row = queries.case(connection, "64.72", number)
        states = delivery_lists.delivery_counts(connection)
    assert row is not None
    assert (row.state.status, row.state.outcome) == ("handed_over", "granted")
    assert states == {"delivered": 9}
    assert len(list(world.mail.glob("*.eml"))) == 9
