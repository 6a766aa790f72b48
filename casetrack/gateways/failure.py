"""Why a message did not leave, by any channel."""

from datetime import timedelta


class DeliveryFailed(Exception):
    """A message did not leave. `permanent` says that another attempt cannot help.

    `wait` is for how long the other side asked to be left alone. `refuses_us` says that it was not this
    message but we who were refused, which only the operator can mend. The text never holds an address:
    it is kept beside the delivery and logged.
    """

    def __init__(
        self,
        detail: str,
        *,
        permanent: bool,
        wait: timedelta | None = None,
        refuses_us: bool = False,
    ) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.wait = wait
        self.refuses_us = refuses_us
