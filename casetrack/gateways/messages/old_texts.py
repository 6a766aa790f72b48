"""Texts that a region loaded before there was the form of today: they go out as they are.

They are written in a small part of Jinja. A load refuses them, so only editions that were stored
before hold any; docs/decisions/0014-channels.md says when this module goes. The sandbox
refuses what such a text never had, whatever the database holds.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, Undefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casetrack.domain.service.text_form import PLACE, Filling, TextBroken

#: Characters that such a text may grow to.
MAX_RENDERED = 20_000
#: What the part about the reason for waiting was called, in a mail and in a short text.
WAITING = ("_waiting", "_pay")

_FILTERS = ("capitalize", "length", "lower", "title", "trim", "upper")
_MARK = re.compile(r"\{[%#{]")
_INCLUDED = re.compile(r"(?:id|en)/(short/)?(_[a-z]+)\.txt")

#: What a part says, by its name; None when it says nothing.
Part = Callable[[str], str | None]


def is_of_before(text: str) -> bool:
    """Whether a text has marks that the form of today does not have."""
    return _MARK.search(PLACE.sub("", text)) is not None


def filled(text: str, words: Mapping[str, Filling], part: Part) -> str:
    """The text with its places filled. Raises TextBroken, also for a text that grows too long."""
    given = {key: _MISSING if value is None else value for key, value in words.items()}
    made, size = list[str](), 0
    try:
        for piece in _sandbox(part).from_string(text).generate(given):
            size += len(piece)
            if size > MAX_RENDERED:
                raise TextBroken(f"it grows beyond {MAX_RENDERED} characters")
            made.append(piece)
    except (TemplateError, ValueError, TypeError, SyntaxError, RecursionError) as error:
        raise TextBroken(" ".join(str(error).split())[:200]) from error
    return "".join(made)


class _Missing:
    """A word that there is not: false where it is asked for, and never shown, as "None" would be."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        raise TypeError("a word is shown that may be missing")


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


def _sandbox(part: Part) -> _Sandbox:
    sandbox = _Sandbox(
        loader=FunctionLoader(lambda name: _included(name, part)),
        finalize=_shown,
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sandbox.globals.clear()
    sandbox.filters = {name: sandbox.filters[name] for name in _FILTERS}
    sandbox.tests = {}
    return sandbox


def _included(name: str, part: Part) -> str | None:
    """What a part says, as a constant of the sandbox: its words are never read as a text."""
    match = _INCLUDED.fullmatch(name)
    if match is None:
        return None
    said = part(match[2])
    end = "" if match[1] or said is None else "\n"
    constant = ascii((said or "") + end)
    return f"{{{{ {constant} }}}}"


def _shown(value: object) -> object:
    """Raises TypeError for what is no word: a list would be shown with its brackets."""
    if not isinstance(value, str | int | Undefined | _Missing):
        raise TypeError("a list is shown as it is")
    return value
