"""Why a message did not leave, by any channel."""


class DeliveryFailed(Exception):
    """A message did not leave. `permanent` says that another attempt cannot help.

    `wait` is how many seconds the other side asked to be left alone. The text never holds an address:
    it is kept beside the delivery and logged.
    """

    def __init__(self, detail: str, *, permanent: bool, wait: float = 0.0) -> None:
        super().__init__(detail)
        self.permanent = permanent
        self.wait = wait
