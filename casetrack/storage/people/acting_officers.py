"""Who acts, of an officer's row that is read with a token or with a session."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Table,
    bindparam,
    func,
    literal,
    literal_column,
    null,
    select,
)

from casetrack.domain.access import Actor
from casetrack.domain.authority.entries import Registrar
from casetrack.domain.authority.entry_json import stored_entry
from casetrack.storage import schema
from casetrack.storage.people.officers import more_roles, registrar_for

#: Columns of `officers` of which an actor is made.
OF_OFFICER = ("login", "region", "role", "roles", "agency", "positions", "registrar_for")


def live() -> tuple[ColumnElement[bool], ...]:
    """The account is neither disabled by the files nor shut out by a command."""
    table = schema.officers.c
    return table.disabled.is_(False), table.shut_out_at.is_(None)


def duties(*, sqlite: bool) -> ScalarSelect[Any]:
    """What the register says of the officer as a registrar: the entries, as one text."""
    entries, keys = schema.register_entries.c, schema.register_keys.c
    # Not func.aggregate_strings: it writes its separator into each statement anew.
    joined = func.group_concat if sqlite else func.string_agg
    return (
        select(joined(entries.document, literal_column("','")))
        .join(
            schema.register_keys,
            (keys.region == entries.region)
            & (keys.kind == entries.kind)
            & (keys.entry == entries.entry),
        )
        .where(
            keys.region == schema.officers.c.region,
            keys.key == literal("registrar:").concat(schema.officers.c.login),
            keys.kind == "registrar",
            entries.region == schema.officers.c.region,
            entries.state == "confirmed",
        )
        .correlate(schema.officers)
        .scalar_subquery()
    )


def behind(key: Table, columns: Iterable[str], *, sqlite: bool) -> Select[Any]:
    """The officer of a token or session by its `digest`, with these columns of it and what time it is."""
    officers = schema.officers
    now = null() if sqlite else func.clock_timestamp(type_=schema.Instant)
    return (
        select(
            *(officers.c[name] for name in OF_OFFICER),
            *(key.c[name] for name in columns),
            duties(sqlite=sqlite).label("duties"),
            now.label("now"),
        )
        .join(officers, (officers.c.region == key.c.region) & (officers.c.login == key.c.login))
        .where(key.c.digest == bindparam("digest"), *live())
    )


def actor_of(row: Any) -> Actor:
    """The officer of a row with these columns."""
    return Actor(
        "officer",
        row.login,
        row.region,
        row.role,
        row.agency,
        tuple(json.loads(row.positions)),
        more_roles(row.role, row.roles),
        registrar_for(row.registrar_for),
    )


def duties_of(row: Any) -> tuple[Registrar, ...]:
    """The entries of a row with `duties`."""
    return tuple(
        duty
        for document in json.loads(f"[{row.duties or ''}]")
        if isinstance(duty := stored_entry("registrar", document), Registrar)
    )
