"""Officers, tokens, and persons with their sealed texts."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from casetrack.storage.schema.metadata import Instant, metadata

officers = Table(
    "officers",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    # All roles, the first of them `role`; a release that knows one role leaves them as they were, so
    # they count only while their first is `role`.
    Column("roles", Text),
    Column("agency", String(64)),
    Column("positions", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    # Since when the account is shut out by command. No load of the region's files takes it away.
    Column("shut_out_at", Instant),
    # Keyed index of the officer's own NIK, where they gave it: nobody decides their own case.
    Column("nik_index", String(64)),
    # The agencies whose papers they keep, as JSON, as it was before that became a paper of the register:
    # true until the second half of 0019 is over, false where they kept them so once.
    Column("registrar_for", Text),
    # Named for data protection by the region's files.
    Column("data_protection", Boolean, info={"since": "0016"}),
    # The same word in all accounts of one person, by the region's files.
    Column("person", String(64), info={"since": "0019"}),
    UniqueConstraint("login"),
    # Every act asks for the other accounts of who acts.
    Index(
        "ix_officers_person",
        "region",
        "person",
        postgresql_where=text("person IS NOT NULL"),
        sqlite_where=text("person IS NOT NULL"),
    ),
)

# How officers are printed below what they sign: name with titles, rank, NIP; each row sealed under a key
# of its own, wrapped by the master key. A row counts from its day until the next one.
officer_profiles = Table(
    "officer_profiles",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    Column("since", String(10), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# Officers' own e-mail addresses, each sealed under a key of its own, wrapped by the master key.
officer_addresses = Table(
    "officer_addresses",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

# Of which local day an officer was last told what nears its limit or missed it; with an empty login, the
# whole region.
officer_reminders = Table(
    "officer_reminders",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("login", String(64), primary_key=True),
    Column("day", String(10), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    # SHA-256 of the token, which has 256 random bits: nothing to stretch, nothing to leak.
    Column("digest", String(64), primary_key=True),
    Column("region", String(16), nullable=False),
    Column("login", String(64), nullable=False),
    Column("token_id", String(16), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    # 9999-12-31 where it was made without an end. Empty until the second half of 0015 where a release
    # that knows no end made it.
    Column("ends_at", Instant),
    # To the hour, and written as well as it goes.
    Column("used_at", Instant),
    Index("ix_tokens_region_login", "region", "login"),
    Index("ix_tokens_ends", "region", "ends_at"),
)

subjects = Table(
    "subjects",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("subject", String(32), primary_key=True),
    # The subject's own key, wrapped by the master key; null once it is erased.
    Column("wrapped_key", LargeBinary),
    # HMAC of the NIK under a key of the master key: finds the person, dies with the key.
    Column("nik_index", String(64)),
    # The same of a NIK under which somebody else is known: it joins nobody, but who looks for this
    # NIK, or asks whether an officer acts in their own case, finds both. Dies with the key too.
    Column("nik_asked", String(64), info={"since": "0008"}),
    # True until a supervisor said whether the two are one person.
    Column("identity_question", Boolean, info={"since": "0008"}),
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
    # When their erasure was asked for, while it waits for somebody.
    Column("erasing_since", Instant, info={"since": "0021"}),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_subjects_nik", "region", "nik_index", unique=True),
    Index("ix_subjects_nik_asked", "region", "nik_asked"),
    Index(
        "ix_subjects_erasing",
        "region",
        "erasing_since",
        "subject",
        postgresql_where=text("erasing_since IS NOT NULL"),
        sqlite_where=text("erasing_since IS NOT NULL"),
    ),
)

texts = Table(
    "texts",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("text", String(32), primary_key=True),
    Column("subject", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("number", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # Of one that a correction replaced and a retention keeps: when to ask whether it is over.
    Column("review_at", Instant),
    Index("ix_texts_subject", "region", "subject"),
    Index("ix_texts_number", "region", "number"),
    Index(
        "ix_texts_review",
        "region",
        "review_at",
        postgresql_where=text("review_at IS NOT NULL"),
        sqlite_where=text("review_at IS NOT NULL"),
    ),
)

parties = Table(
    "parties",
    metadata,
    Column("region", String(16), primary_key=True),
    Column("number", String(32), primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("subject", String(32), nullable=False),
    Column("text", String(32), nullable=False),
    # "email,sms": in the party's order; null when there is no way to tell the person but in person.
    Column("channels", String(64)),
    Column("language", String(8), nullable=False),
    # When the power by which they stand here is over, where it has a last day.
    Column("until", Instant, info={"since": "0020"}),
    # True: they are told nothing, and nothing that waits for them is sent.
    Column("silenced", Boolean, info={"since": "0020"}),
    # Of who stood in another role before: the version of the one event of which they still hear.
    Column("hears", Integer, info={"since": "0020"}),
    Index("ix_parties_subject", "region", "subject"),
    Index(
        "ix_parties_until",
        "region",
        "until",
        postgresql_where=text("until IS NOT NULL"),
        sqlite_where=text("until IS NOT NULL"),
    ),
)

search_words = Table(
    "search_words",
    metadata,
    Column("region", String(16), primary_key=True),
    # Half an HMAC, under a key of the region, of a word of a name, of a telephone or a company's number.
    Column("word", String(32), primary_key=True),
    Column("subject", String(32), primary_key=True),
    Index("ix_search_words_subject", "region", "subject"),
)
