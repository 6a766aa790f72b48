"""Files that are kept, those that are on their way out of the store, and signatures on their way in."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, text

from casetrack.storage.schema.metadata import Instant, metadata

files = Table(
    "files",
    metadata,
    Column("region", String(16), primary_key=True),
    # What the store calls it, behind the region.
    Column("file", String(32), primary_key=True),
    Column("number", String(32), nullable=False),
    # The sealed text that holds its key: where that is gone, nobody opens the file again.
    Column("text", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("size", Integer, nullable=False),
    # SHA-256 of what lies in the store, which is sealed.
    Column("digest", String(64), nullable=False),
    # clean, found or not_scanned; with the version of what scanned.
    Column("scan", String(16), nullable=False),
    Column("base", String(64)),
    # When a scanner is to be asked again; empty once it has answered.
    Column("scan_at", Instant),
    Index("ix_files_number", "region", "number"),
    Index("ix_files_text", "region", "text"),
    Index(
        "ix_files_scan",
        "region",
        "scan_at",
        postgresql_where=text("scan_at IS NOT NULL"),
        sqlite_where=text("scan_at IS NOT NULL"),
    ),
)

# What is to be removed from the store then, unless the event that brings it comes before.
leaving_files = Table(
    "leaving_files",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("file", String(32), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Index("ix_leaving_files_due", "region", "due_at"),
)

# A product whose last signature was begun and whose file has not all of them yet: nothing is proved by
# it, and what is lost of it is made anew.
signings = Table(
    "signings",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("product", String(32), primary_key=True),
    # The version of the case's event with which it was begun: what was made for another is given up.
    Column("begun", Integer, nullable=False),
    # Who is at work on it, until then.
    Column("leased_until", Instant, nullable=False),
    # How many signatures, in their order, the file has that lies in the store; hash and key are sealed
    # under the applicant's key.
    Column("made", Integer, nullable=False),
    Column("file", String(32)),
    Column("size", Integer),
    Column("digest", String(64)),
    Column("sealed", LargeBinary),
    Column("certificate", String(16)),
    Column("level", String(8)),
    # Who on the list of recognised providers vouches for the certificate.
    Column("provider", String(64)),
    # Why the last try gave no signature; how often the clock has tried since somebody did, and when it
    # tries again: null where trying again by itself helps nothing.
    Column("failure", String(32)),
    Column("tries", Integer),
    Column("next_try_at", Instant),
    # The case that it came out of; null in rows of the release before.
    Column("number", String(32)),
    Column("tried_at", Instant, nullable=False),
    Index("ix_signings_tried", "region", "tried_at"),
)
