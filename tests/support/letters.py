"""The mails of a world, opened: to whom each went, and what it says."""

from email import message_from_bytes, policy
from pathlib import Path


def letters(folder: Path) -> list[tuple[str, str]]:
    """Address and words of each mail, subject and both forms, in no order."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        texts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
        found.append((str(mail["To"]), "\n".join([str(mail["Subject"]), *map(str, texts)])))
    return found


def addresses(folder: Path) -> set[str]:
    """To whom mails went."""
    return {to for to, _ in letters(folder)}
