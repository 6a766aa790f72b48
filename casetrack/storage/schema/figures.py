"""Figures: what cases add to them, their sums by day and by month, and how far a region is counted.

Figures can be counted anew from the events, surveys cannot; no row names a person.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from casetrack.storage.schema.metadata import Instant, metadata

counted_cases = Table(
    "counted_cases",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("service", String(64), nullable=False),
    # Where it was taken in.
    Column("agency", String(64), nullable=False),
    # Where it stands in the order of its service: 9999-12-31 where that has not come.
    Column("complete_at", Instant, nullable=False),
    Column("stopped_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("decided", Boolean, nullable=False),
    # What it added, as JSON: taken off again when it is counted anew.
    Column("counts", Text, nullable=False),
    Index(
        "ix_counted_cases_order",
        "region",
        "service",
        "ended_at",
        "complete_at",
        "stopped_at",
    ),
)

figures = Table(
    "figures",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("figure", String(24), primary_key=True),
    # A day, a month, or empty: what stands open now.
    Column("period", String(10), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("officer", String(64), primary_key=True),
    Column("cause", String(64), primary_key=True),
    # A number of days, where a figure tells days: so its middle can be found without the cases.
    Column("value", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Index(
        "ix_figures_nothing",
        "region",
        postgresql_where=text('"count" = 0'),
        sqlite_where=text('"count" = 0'),
    ),
)

# Whose survey was answered; not what, nor when.
survey_used = Table(
    "survey_used",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
)

# What was answered, as sums alone: of nobody's answer is there a row.
survey_sums = Table(
    "survey_sums",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("quarter", String(7), primary_key=True),
    Column("service", String(64), primary_key=True),
    Column("agency", String(64), primary_key=True),
    # link, paper, counter
    Column("way", String(8), primary_key=True),
    Column("element", String(16), primary_key=True),
    Column("score", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)

figure_marks = Table(
    "figure_marks",
    metadata,
    Column("region", String(16), primary_key=True),
    # By which rules it was counted; by others all is counted anew.
    Column("rules", Integer, nullable=False),
    # All that stands in the ledger up to here is counted, but for the walk.
    Column("position", BigInteger, nullable=False),
    # The walk through all cases of a count from the beginning: what it is at (clear, cases, order; empty:
    # over) and which case was its last.
    Column("walk", String(8), nullable=False),
    Column("walked", String(32), nullable=False),
    Column("counted_at", Instant, nullable=False),
)
