"""Argon2id, and never so often at once that signing in could stop the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from casetrack.domain.errors import Busy

if TYPE_CHECKING:
    from argon2 import PasswordHasher

#: What OWASP names as enough: two passes over 19 MiB, one lane. An eighth of a second of one processor.
PASSES, KIBIBYTES, LANES = 2, 19 * 1024, 1
#: Passwords that a process looks at at once, and seconds that one more waits.
AT_ONCE, PATIENCE = 2, 5.0


class Argon2:
    """Makes digests of passwords in the PHC form, and compares."""

    def __init__(self) -> None:
        self._turns = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        # Needed by no process before somebody signs in.
        from argon2 import PasswordHasher  # noqa: PLC0415

        return PasswordHasher(PASSES, KIBIBYTES, LANES)

    @cached_property
    def _nobody(self) -> str:
        """The digest that is compared where there is none, so that this takes as long."""
        return self._hasher.hash("nobody has this password")

    def digest(self, password: str) -> str:
        """The digest of a password, under a salt of its own. Raises Busy."""
        with self._turn():
            return self._hasher.hash(password)

    def fits(self, password: str, digest: str | None) -> bool:
        """Whether the digest is this password's; without one it says no as late. Raises Busy."""
        from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415

        with self._turn():
            try:
                self._hasher.verify(digest or self._nobody, password)
            except VerifyMismatchError:
                return False
            return digest is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE):
            raise Busy(
                "too_many_sign_ins", "Many sign in at this moment; try again soon.", retry_after=5
            )
        try:
            yield
        finally:
            self._turns.release()
