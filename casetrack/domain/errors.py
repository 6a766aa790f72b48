"""What casetrack says when it will not do a thing."""

from typing import Any


class Refusal(Exception):
    """A rule says no. The code is stable and listed in docs; the detail is one sentence for a person.

    Extra keyword fields travel to the caller beside the code (RFC 9457 extension members).
    """

    def __init__(self, code: str, detail: str, **fields: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.fields = fields


class Unauthenticated(Refusal):
    """No token, or one that opens nothing, or nothing any more (401)."""


class NotFound(Refusal):
    """There is no such thing, or the caller may not know that there is."""


class Forbidden(Refusal):
    """The caller's role does not allow it."""


class Invalid(Refusal):
    """The request says something that cannot be taken (422)."""


class Stale(Refusal):
    """The caller saw an older version than the one that is there now (412)."""


class NotNow(Refusal):
    """The status of the case or step does not allow it (409)."""


class NoAuthority(Refusal):
    """The register gives the officer no authority for this act. Recorded, then answered 403."""


class Busy(Refusal):
    """Try again: an equal request is under way, or too many wrong guesses (Retry-After, seconds)."""

    def __init__(self, code: str, detail: str, *, retry_after: int, **fields: Any) -> None:
        super().__init__(code, detail, **fields)
        self.retry_after = retry_after


class BadInput(Exception):
    """A file, a setting or an argument cannot be taken: what, where and how to mend it (exit 2)."""


class Unavailable(Busy):
    """Something that this needs does not answer now (503, Retry-After)."""


class NotAsKept(Refusal):
    """What was kept is not what comes out; it is not shown (500)."""


class NotOffered(Refusal):
    """This installation does not do it (501)."""
