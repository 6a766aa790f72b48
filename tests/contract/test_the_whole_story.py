"""From the counter to the hand-over, on both databases."""

from casetrack.storage.case import queries
from casetrack.storage.delivery import delivery_lists
from casetrack.usecases.delivery import relay
from tests.support.apart import drain_apart
from tests.support.world import BILLBOARD_STORY, World


def test_a_billboard_permit_goes_from_the_counter_to_the_hand_over(world: World) -> None:
    number = world.open("izin-reklame").view["number"]
    world.play(number, BILLBOARD_STORY)
    for lane in drain_apart(world):
        relay.attempt_lane(world.ctx, *lane, world.app.teller, lambda: 0.5, 100)
    with world.database.read() as connection:
        row = queries.case(connection, "64.72", number)
        states = delivery_lists.delivery_counts(connection)
    assert row is not None
    assert (row.state.status, row.state.outcome) == ("handed_over", "granted")
    assert states == {"delivered": 9}
    assert len(list(world.mail.glob("*.eml"))) == 9
