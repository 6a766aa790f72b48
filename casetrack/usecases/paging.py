"""A page of a list: some items, and the key behind which the next page begins."""

from dataclasses import dataclass
from typing import Any

#: What a list gives at most.
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the key behind the last of them, if there are more."""

    items: list[dict[str, Any]]
    next_key: tuple[Any, ...] | None
