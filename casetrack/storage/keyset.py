"""Pages by key: where a list goes on behind the last row of the page before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Tuple, bindparam, tuple_


def behind(order: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> ColumnElement[bool]:
    """Rows behind this key, where `order` are the columns of the list, ascending."""
    return tuple_(*order).__gt__(_place(order, key))


def before(order: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> ColumnElement[bool]:
    """Rows before this key: those that follow where the list descends."""
    return tuple_(*order).__lt__(_place(order, key))


def newest_first(
    query: Select[Any],
    order: Sequence[ColumnElement[Any]],
    key: Sequence[Any] | None,
    limit: int,
) -> Select[Any]:
    """This query's page: descending by these columns, before the key, or from the newest on."""
    if key is not None:
        query = query.where(before(order, key))
    return query.order_by(*(column.desc() for column in order)).limit(limit)


def behind_given(order: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """In a statement that is made once: rows behind a key that comes with its values (`given_key`)."""
    places = [bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(order)]
    # Of one column no tuple: only so does every planner go into the index with it.
    return order[0] > places[0] if len(places) == 1 else tuple_(*order) > tuple_(*places)


def before_given(order: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """The same before a key: where the list descends."""
    places = [bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(order)]
    return order[0] < places[0] if len(places) == 1 else tuple_(*order) < tuple_(*places)


def given_key(key: Sequence[Any]) -> dict[str, Any]:
    """The values of a key for such a statement."""
    return {f"after_{n}": part for n, part in enumerate(key)}


def _place(order: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> Tuple:
    # Each value with its column's type, which a tuple does not pass on: moments above all.
    values = zip(order, key, strict=True)
    return tuple_(*[bindparam(None, value, type_=column.type) for column, value in values])
