"""What a picture says, before anything is drawn: nodes and links as text in one language.

The drawing and its text alternative are both made from this, so they cannot say different things.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

NodeKind = Literal["law", "position", "person", "note"]
#: How the whole ends: authorised, questioned by what is known now, refused, or never checked.
Tone = Literal["good", "doubt", "bad", "open"]
Style = Literal["plain", "soft", "strong", "bad"]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a card."""

    text: str
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Break:
    """Why a link does not hold: the stable code of the check, and its reason in words."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Node:
    """An instrument's line, a position, a person, or a note. `empty`: a place where nobody is."""

    id: str
    kind: NodeKind
    heading: str
    title: str
    lines: tuple[Line, ...] = ()
    broken: Break | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A power given, or a seat taken: from the giver by the laws to the receiver (ids of nodes)."""

    id: str
    heading: str
    receiver: str
    lines: tuple[Line, ...]
    giver: str | None = None
    laws: tuple[str, ...] = ()
    broken: Break | None = None
    #: A power that has ended or has not begun: history, and no fault.
    resting: bool = False

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError(f"the link {self.id} says nothing: dates and reason belong to it")


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything a picture says. `nodes` stand in reading order, from the law to the person."""

    language: str
    title: str
    subtitle: tuple[str, ...]
    tone: Tone
    verdict: str
    reasons: tuple[str, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    #: What stands beside the path: the signature block, who may act instead.
    asides: tuple[Node, ...] = ()

    @property
    def by_id(self) -> Mapping[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    def links_to(self, node: str) -> tuple[Link, ...]:
        """The links that end at a node."""
        return tuple(link for link in self.links if link.receiver == node)

    def of_kind(self, *kinds: NodeKind) -> tuple[Node, ...]:
        """The nodes of these kinds."""
        return tuple(node for node in self.nodes if node.kind in kinds)

    def in_order(self) -> Iterator[Node | Link]:
        """Reading order: each node behind the links that lead to it, then what stands beside."""
        for node in self.nodes:
            yield from self.links_to(node.id)
            yield node
        yield from self.asides
