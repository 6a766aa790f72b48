"""Which accounts are one person: several count as one wherever two persons are needed."""

from collections.abc import Iterable

#: An account: its login, the word for its person, the keyed index of their NIK.
Account = tuple[str, str | None, str | None]


def persons_of(accounts: Iterable[Account]) -> dict[str, str]:
    """Login to person, named by the first of their logins.

    Accounts are one person's that have the same word or the same NIK, directly or through a third.
    """
    known = list(accounts)
    found = {login: login for login, _, _ in known}
    for place in (1, 2):
        first: dict[str, str] = {}
        for account in known:
            login, mark = account[0], account[place]
            if mark is not None:
                _join(found, first.setdefault(mark, login), login)
    return found


def _join(found: dict[str, str], one: str, other: str) -> None:
    kept, gone = sorted((found[one], found[other]))
    if kept == gone:
        return
    for login, person in found.items():
        if person == gone:
            found[login] = kept
