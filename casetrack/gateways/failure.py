"""Why a message did not leave, by any channel."""

from datetime import timedelta


class DeliveryFailed(Exception):
    """A message did not leave. `permanent` says that another attempt cannot help.

    `wait` is for how long the other side asked to be left alone. The text never holds an address: it
    is kept beside the delivery and logged.
    """

    def __init__(self, detail: str, *, permanent: bool, wait: timedelta | None = None) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.wait = wait
