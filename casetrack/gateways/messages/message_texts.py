"""The texts that messages are made of: a region's own where it has them, else the package's."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from casetrack.domain.delivery.messages import Edition
from casetrack.domain.service.text_form import Filling, TextBroken, fill, is_part, places
from casetrack.gateways.messages import old_texts
from casetrack.gateways.messages.old_texts import Part

#: The texts that come with casetrack; a region's are named as they are.
FOLDER = files("casetrack.gateways.messages") / "templates"
#: The part that is another text for each thing that a case may wait for, or none.
WAITING = "_waiting"


class Texts:
    """The texts for one message. It remembers which of them were used."""

    def __init__(self, edition: Edition | None = None) -> None:
        self._edition = edition
        self._own: Mapping[str, str] = edition.texts if edition else {}
        #: The names of the texts that were used, in their order: the one about the event is first.
        self.used: list[str] = []

    def filled(self, name: str, words: Mapping[str, Filling]) -> str:
        """A text with its places filled. Raises TextBroken where one of a region cannot be."""
        folder = name.rpartition("/")[0]
        return self._said(name, words, lambda part: self._part(folder, part, words))

    def head(self, name: str, words: Mapping[str, Filling]) -> str:
        """The lines before the first empty one, filled: the others are not, where that can be told."""
        text = source(name, self._own)
        head = text.partition("\n\n")[0]
        if old_texts.is_of_before(text) or head.count("[[") != head.count("]]"):
            return self.filled(name, words).partition("\n\n")[0]
        self.used.append(name)
        folder = name.rpartition("/")[0]
        parts = {
            place: self._part(folder, place, words) for place in places(head) if is_part(place)
        }
        return fill(head, {**words, **parts})

    @property
    def region(self) -> str | None:
        """REGION.EDITION when the region's own words were used."""
        if self._edition is None or not any(name in self._own for name in self.used):
            return None
        return f"{self._edition.region}.{self._edition.edition}"

    def _said(self, name: str, words: Mapping[str, Filling], part: Part) -> str:
        self.used.append(name)
        text = source(name, self._own).removesuffix("\n")
        if old_texts.is_of_before(text):
            return old_texts.filled(text, words, part)
        if "/short/" in name:
            words = {key: _on_one_line(filling) for key, filling in words.items()}
        parts = {place: part(place) for place in places(text) if is_part(place)}
        return fill(text, {**words, **parts})

    def _part(self, folder: str, part: str, words: Mapping[str, Filling]) -> str | None:
        """What a part says; None when it says nothing."""
        name = f"{folder}/{part}.txt"
        if part in (WAITING, *old_texts.WAITING):
            name = self._waiting(folder, words.get("waiting_for"))
        if name not in self._own and name not in names():
            return None
        said = self._said(name, words, _no_part)
        return said.rstrip() if said.strip() else None

    def _waiting(self, folder: str, waiting_for: Filling) -> str:
        """The part about the reason for waiting. Before, it was one text for all reasons."""
        before = [f"{folder}/{part}.txt" for part in old_texts.WAITING]
        usual = f"{folder}/{WAITING}.{waiting_for}.txt"
        return next((name for name in before if name in self._own), usual)


def _no_part(part: str) -> str | None:
    raise TextBroken(f"a part has a part, {part}")


def _on_one_line(filling: Filling) -> str | None:
    """A short text is one line, so a list in it is one too."""
    return filling if isinstance(filling, str | None) else ", ".join(filling)


@cache
def names() -> frozenset[str]:
    """Every text that there is, as the package's folder names it."""
    root = Path(str(FOLDER))
    return frozenset(path.relative_to(root).as_posix() for path in root.rglob("*.txt"))


def source(name: str, own: Mapping[str, str]) -> str:
    """The text as it is written: the region's own, else the package's."""
    return own[name] if name in own else _packages(name)


@cache
def _packages(name: str) -> str:
    return FOLDER.joinpath(name).read_text(encoding="utf-8")
