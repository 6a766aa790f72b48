"""The texts that messages are made of: the package's, and a region's own in a sandbox.

A region's text comes from outside, so it gets less than Jinja has: it may show the given words, choose
between its own and go through the given lists. What it may not is refused when it is loaded
(`message_files`); the sandbox refuses the same once more, whatever the database holds.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    Undefined,
    meta,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: Characters that a text of a region may grow to; the longest message of the package has 2,000.
MAX_RENDERED = 20_000
#: What a region's text may do with a word.
FILTERS = ("capitalize", "length", "lower", "title", "trim", "upper")

_OPTIONS: Mapping[str, Any] = {
    "autoescape": False,  # plain text, never HTML
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}


class TextBroken(Exception):
    """A text of a region that cannot be rendered, and why."""


class Texts(Protocol):
    """Where messages take their words from."""

    def filled(self, name: str, words: Mapping[str, object]) -> str:
        """A text with its places filled. Raises TextBroken for one of a region."""

    def own(self, names: Iterable[str]) -> str | None:
        """REGION.EDITION when a region's own words are in one of these texts."""


class PackageTexts:
    """The texts that come with casetrack: our own code, so they may do all that Jinja can."""

    def __init__(self) -> None:
        self._environment = Environment(loader=_loader(), finalize=_one_line, **_OPTIONS)  # noqa: S701

    def filled(self, name: str, words: Mapping[str, object]) -> str:
        """A text with its places filled."""
        return self._environment.get_template(name).render(words)

    def own(self, names: Iterable[str]) -> str | None:
        """None: they are no region's."""
        return None


class OwnTexts:
    """The texts of a region, and the package's where it has none of its own.

    `edition` counts the loads that changed them; the texts of one never change.
    """

    def __init__(self, region: str, edition: int, texts: Mapping[str, str]) -> None:
        self.edition = edition
        self._label = f"{region}.{edition}"
        self._texts = dict(texts)
        self._sandbox = _Sandbox(
            loader=ChoiceLoader([DictLoader(self._texts), _loader()]),
            finalize=_one_line,
            **_OPTIONS,
        )
        self._sandbox.globals.clear()
        self._sandbox.filters = {name: self._sandbox.filters[name] for name in FILTERS}
        self._sandbox.tests = {}
        self._mine: dict[str, bool] = {}

    def filled(self, name: str, words: Mapping[str, object]) -> str:
        """A text with its places filled. Raises TextBroken, also for one that grows too long."""
        if self.own([name]) is None:
            return package().filled(name, words)
        made, size = [], 0
        given = {key: _MISSING if value is None else value for key, value in words.items()}
        try:
            for piece in self._sandbox.get_template(name).generate(given):
                size += len(piece)
                if size > MAX_RENDERED:
                    raise TextBroken(f"it grows beyond {MAX_RENDERED} characters")
                made.append(piece)
        except (TemplateError, ValueError, TypeError, SyntaxError, RecursionError) as error:
            raise TextBroken(" ".join(str(error).split())[:200]) from error
        return "".join(made)

    def own(self, names: Iterable[str]) -> str | None:
        """REGION.EDITION when one of these texts, or a part of one, is the region's."""
        return self._label if any(self._has(name) for name in names) else None

    def _has(self, name: str) -> bool:
        if name not in self._mine:
            self._mine[name] = bool(self._texts.keys() & {name, *parts_of(name, self._texts)})
        return self._mine[name]


class _Missing:
    """A word that there is not: false where it is asked for, and never shown, as "None" would be."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        raise TypeError("a word is shown that may be missing: put {% if ... %} around it")


_MISSING = _Missing()


class _Sandbox(ImmutableSandboxedEnvironment):
    """Shows words and compares them: nothing has attributes, nothing is called, nothing reckoned."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)
    intercepted_unops = frozenset(ImmutableSandboxedEnvironment.default_unop_table)

    def getattr(self, obj: Any, attribute: str) -> Any:
        raise SecurityError(f"nothing has attributes here, such as {attribute!r}")

    def getitem(self, obj: Any, argument: Any) -> Any:
        raise SecurityError("nothing has items here")

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"nothing is reckoned here, such as with {operator}")

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        raise SecurityError(f"nothing is reckoned here, such as with {operator}")


@cache
def package() -> PackageTexts:
    """The package's texts."""
    return PackageTexts()


@cache
def names() -> frozenset[str]:
    """Every text that there is, as the package's folder names it."""
    return frozenset(_loader().list_templates())


def source(name: str, own: Mapping[str, str]) -> str:
    """The text as it is written: the region's own, else the package's."""
    return own[name] if name in own else _loader().get_source(Environment(), name)[0]  # noqa: S701


def parts_of(name: str, own: Mapping[str, str]) -> frozenset[str]:
    """The parts that a text includes. Nothing is included by a part."""
    try:
        written = Environment().parse(source(name, own))  # noqa: S701 - only looked at
        return frozenset(part for part in meta.find_referenced_templates(written) if part)
    except (TemplateError, RecursionError, ValueError):
        return frozenset()


@cache
def _loader() -> PackageLoader:
    return PackageLoader("casetrack.gateways.messages", "templates")


def _one_line(value: object) -> object:
    """A name with a line break in it must not write a header or a paragraph of its own.

    Raises TypeError for what is no word: a list would be shown with its brackets.
    """
    if isinstance(value, str):
        return " ".join(value.split())
    if not isinstance(value, int | Undefined | _Missing):
        raise TypeError("a list is shown as it is: go through it with {% for each in ... %}")
    return value
