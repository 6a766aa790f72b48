"""Rows that no stream accounts for, keys of the register and of subjects, and the papers."""

from collections.abc import Iterator

from casetrack.domain.proof.verdict import Fault
from casetrack.storage.authority.register_keys import stream_of
from casetrack.storage.proof.row_tables import stream_of_row
from casetrack.usecases.proof import (
    bad_day_check,
    complaint_check,
    feed_rows,
    figure_check,
    payment_check,
    reading_rows,
)
from casetrack.usecases.proof import sealed_texts as texts
from casetrack.usecases.proof.checked_region import BATCH, NO_EVENTS, CheckedRegion
from casetrack.usecases.proof.number_gaps import check_case_numbers, check_numbers
from casetrack.usecases.proof.refold_case import KIND_OF, ROW_TABLES, Row
from casetrack.usecases.proof.refold_register import key_detail


def check_rows(at: CheckedRegion) -> None:
    """Rows that no stream accounts for, keys of the register and of subjects, the papers."""
    for table in ROW_TABLES:
        at.report(
            Fault(
                KIND_OF[table],
                at.region,
                stream_of_row(table, row),
                row.get("version"),
                NO_EVENTS,
            )
            for row in at.reader.without_stream(table, at.region)
        )
    at.report(
        Fault(
            "register_keys",
            at.region,
            stream_of(key[1], key[2]),
            None,
            key_detail(key, missing=missing),
        )
        for key, missing in at.keys.differences(at.reader.all_rows("register_keys", at.region))
    )
    at.authority.papers()
    at.administration.rows(at.reader)
    ctx = at.place.ctx
    for part in _parts(at.reader.without_stream("texts", at.region)):
        at.report(texts.check_strays(ctx, at.reader, at.region, part))
    for row in at.reader.without_stream("parties", at.region):
        at.report([Fault("party", at.region, row["number"], None, "a party of no case")])
    for part in _parts(at.reader.all_rows("subjects", at.region)):
        at.report(texts.check_keys(ctx, at.reader, at.region, part))
    at.report(reading_rows.check(ctx, at.reader, at.region))
    at.report(check_numbers(at.reader, at.region, at.losses))
    at.report(check_case_numbers(at.reader, at.region, at.losses))
    at.report(payment_check.check(at.reader, at.region))
    at.report(bad_day_check.check(at.reader, at.region, at.bad_days))
    at.report(figure_check.check(ctx, at.reader, at.region))
    at.report(complaint_check.check(ctx, at.reader, at.region, at.complaints))
    at.report(feed_rows.check(ctx, at.reader, at.region))


def _parts(rows: Iterator[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) >= BATCH:
            yield part
            part = []
    if part:
        yield part
