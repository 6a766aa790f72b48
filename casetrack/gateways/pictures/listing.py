"""The same content as a list, for screen readers and narrow screens: one item for each node and link."""

from collections.abc import Iterator
from html import escape

from casetrack.gateways.pictures.diagram import Diagram, Link, Node
from casetrack.gateways.pictures.svg import clean


def ordered_list(diagram: Diagram) -> str:
    """An HTML `<ol>` in reading order, from the law to the person, with nothing left out."""
    items = "\n".join(_item(diagram, item) for item in diagram.in_order())
    return f'<ol class="chain-list" lang="{diagram.language}">\n{items}\n</ol>'


def _item(diagram: Diagram, item: Node | Link) -> str:
    kind = item.kind if isinstance(item, Node) else "link"
    broken = f' data-broken="{_t(item.broken.code)}"' if item.broken else ""
    said = "".join(f"<p>{part}</p>" for part in _said(diagram, item))
    return f'<li class="{kind}{" broken" if item.broken else ""}"{broken}>{said}</li>'


def _said(diagram: Diagram, item: Node | Link) -> Iterator[str]:
    if isinstance(item, Node):
        title = f" <strong>{_t(item.title)}</strong>" if item.title else ""
        yield f"{_t(item.heading)}:{title}"
    else:
        titles = [diagram.by_id[end].title for end in (item.giver, item.receiver) if end]
        yield f"{_t(item.heading)}: <strong>{_t(' → '.join(titles))}</strong>"
        if item.laws:
            yield _t("; ".join(diagram.by_id[law].title for law in item.laws))
    yield from (_t(line.text) for line in item.lines)


def _t(text: str) -> str:
    return escape(clean(text), quote=True)
