"""What the operations on services give."""

from typing import Any

from pydantic import BaseModel


class ServicesOut(BaseModel):
    """What can be applied for."""

    items: list[dict[str, Any]]
    next_cursor: None = None
