"""Pages by key: where a list goes on behind the last row of the page before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Tuple, bindparam, tuple_


def behind(order: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> ColumnElement[bool]:
    """Rows behind this key, where `order` are the columns of the list, ascending."""
    return tuple_(*order).__gt__(_place(order, key))


def before(order: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> ColumnElement[bool]:
    """Rows before this key: those that follow where the list descends."""
    return tuple_(*order).__lt__(_place(order, key))


def _place(order: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> Tuple:
    # Each value with its column's type, which a tuple does not pass on: moments above all.
    values = zip(order, key, strict=True)
    return tuple_(*[bindparam(None, value, type_=column.type) for column, value in values])
