"""Prometheus text exposition of what waits."""

from casetrack.bootstrap import App
from casetrack.storage import queries


def exposition(app: App) -> str:
    """The numbers of now, from the database: right whichever process is asked."""
    with app.database.read() as connection:
        waiting = queries.queue_length(connection)
        states = {
            **queries.delivery_counts(connection, ["pending"]),
            **queries.delivery_counts(connection, ["not_possible", "given_up"]),
        }
    lines = [
        "# HELP casetrack_queue_events Events that wait for the relay.",
        "# TYPE casetrack_queue_events gauge",
        f"casetrack_queue_events {waiting}",
        "# HELP casetrack_deliveries Deliveries that wait, were given up or are to be told in person.",
        "# TYPE casetrack_deliveries gauge",
        *(f'casetrack_deliveries{{state="{state}"}} {n}' for state, n in sorted(states.items())),
    ]
    return "\n".join(lines) + "\n"
