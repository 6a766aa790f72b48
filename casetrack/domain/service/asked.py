"""What a service asks: facts with their choices, papers, and when something is asked or done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

FactType = Literal["integer", "boolean", "code", "date", "text"]
FACT_TYPES: tuple[FactType, ...] = get_args(FactType)

Fact = str | int | bool

CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
MAX_TEXT = 2_000
#: Beyond it a reader of JSON that counts in doubles loses digits (RFC 8785 section 3.2.2.3).
MAX_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called, in Bahasa Indonesia and in English."""

    id: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """Give the form that documents and answers hold."""
        return {"id": self.id, "en": self.en}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave."""
        return cls(data["id"], data["en"])


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A fact that is asked when a case is opened.

    `text` may say something about a person and is stored encrypted; the others stand in events.
    `choices` belong to a code, `choice_names` are what they are called where they are printed; `minimum`
    and `maximum` (both included) belong to an integer, `readers` (as of a requirement) to a text.
    `public`: whoever verifies a product of the case reads it.
    """

    id: str
    name: Name
    type: FactType
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    readers: tuple[str, ...] = ()
    public: bool = False
    choice_names: Mapping[str, Name] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a step is part of the case, or a document required: exactly one test, on one fact."""

    fact: str
    equals: Fact | None = None
    one_of: tuple[Fact, ...] | None = None
    at_least: int | None = None

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether these facts meet it; a fact that was not given does not."""
        value = facts.get(self.fact)
        if value is None:
            return False
        if self.at_least is not None:
            return type(value) is int and value >= self.at_least
        # True == 1 in Python; in a form they are different answers.
        return any(value == other and type(value) is type(other) for other in self.values)

    @property
    def values(self) -> tuple[Fact, ...]:
        """The values that `equals` or `one_of` names."""
        return self.one_of or (() if self.equals is None else (self.equals,))


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the applicant has to bring. Asked for at the completeness check, not at opening.

    With `when` it is required only where a fact fits. `readers` are the agencies that read it beside the
    front office; none: all that have a step. `file_mb`: what a file of it may weigh, where that is not
    the usual.
    """

    id: str
    name: Name
    required: bool = True
    when: Condition | None = None
    readers: tuple[str, ...] = ()
    file_mb: int | None = None

    def needed(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether a file with these facts is incomplete without it."""
        return self.required and (self.when is None or self.when.holds(facts))
