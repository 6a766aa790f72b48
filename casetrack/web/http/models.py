"""What every operation's models are built of: texts that can be stored, lists, names, problems."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
#: NUL and half surrogate pairs cannot be stored; the pattern says so to who reads the document.
NO_NUL = r"^[^\u0000]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


class Taken(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PageQuery(BaseModel):
    """Every list takes these."""

    model_config = ConfigDict(extra="ignore")

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


class LanguageQuery(BaseModel):
    """Language of the slip."""

    model_config = ConfigDict(extra="ignore")

    lang: Literal["id", "en"] = "id"


class NameOut(BaseModel):
    """A name in both languages."""

    id: str
    en: str


class ProblemOut(BaseModel):
    """RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")

    type: str
    status: int
    title: str
    detail: str
    code: str


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
