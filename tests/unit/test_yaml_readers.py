"""A region's files are read by libyaml; what it takes otherwise than PyYAML alone never comes to it."""

from random import Random
from typing import Any

import yaml

from casetrack import demo
from casetrack.gateways.region.yaml_files import MAX_NODES, Exact, Quick, nodes_of
from tests.support.examples import MANY, examples

#: What texts are thrown together from: all that means something in YAML, and what looks like it.
_PIECES = [
    *("a", "1", "null", "~", "yes", "0o7", "2026-01-01", "é", "\U0001f600", "\\u0041", '"\\x41"'),
    *("b: ", "key:\tv", "x: y\n", "  z: w\n", "- ", "\n", "\r\n", "\n  ", "\n- ", " ", "\t"),
    *('"', "'", "# c", "[", "]", "{", "}", ",", ":", "|\n  x", ">\n  y", "? ", "&", "*", "!"),
    *("!!str ", "%", "@", "`", "---", "...", "\u2028", "\x85", "\ufeff", "\x7f", "\x00"),
]
_FAULTS = (yaml.YAMLError, ValueError, RecursionError)


def shown(node: yaml.Node | None) -> Any:
    """What is read of a node: its kind, its line, and what is in it."""
    if node is None or isinstance(node, yaml.ScalarNode):
        return node and (node.tag, node.start_mark.line, node.value)
    inside = [
        (shown(each[0]), shown(each[1])) if isinstance(each, tuple) else shown(each)
        for each in node.value
    ]
    return node.tag, node.start_mark.line, inside


def test_every_file_of_the_demo_is_read_alike_by_both() -> None:
    files = [path for folder in demo.folders() for path in folder.rglob("*.yaml")]
    assert len(files) > 50
    for path in files:
        text = path.read_text(encoding="utf-8")
        quick, exact = Quick(text).all(MAX_NODES), Exact(text).all(MAX_NODES)
        assert shown(quick) == shown(exact), path


def test_no_text_is_read_otherwise_than_by_pyyaml_alone() -> None:
    """Nor is one read that PyYAML alone refuses."""
    random = Random(None if MANY else 7)
    read = refused = 0
    for _ in range(examples(4_000)):
        text = "".join(random.choices(_PIECES, k=random.randint(1, 9)))
        try:
            exact = shown(Exact(text).all(MAX_NODES))
        except _FAULTS:
            refused += 1
            try:
                nodes_of(text, MAX_NODES)
            except _FAULTS:
                continue
            raise AssertionError(f"{text!r} is read") from None
        read += 1
        assert shown(nodes_of(text, MAX_NODES)) == exact, repr(text)
    assert min(read, refused) > examples(4_000) // 10
