"""What is done to accounts, tokens and a region's files: the facts of a stream of the region's own.

A fact holds logins, ids, codes, hashes and times; never a name, a NIK or a token. A change says what of
a thing was before and what is after, so all facts together say how every account, token and published
service stands: `casetrack verify` holds that against the rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from casetrack.domain.events import TYPE_PREFIX

Deed = Literal[
    # What stood there when the trace of a region began that was loaded by a release without one.
    "trace_begun",
    "officers_loaded",
    "officer_added",
    "officer_disabled",
    "officer_enabled",
    "officer_nik_indexed",
    # A link was made with which they set a password; they set one or changed it.
    "officer_invited",
    "password_set",
    # How they are printed below what they sign: since when; the words are sealed apart.
    "officer_profile_entered",
    "officer_profile_erased",
    "registrar_named",
    "registrar_dismissed",
    # What accounts said of registrars until that became papers of the register.
    "registrars_entered",
    "token_created",
    "tokens_renewed",
    "token_revoked",
    "region_loaded",
    "calendar_loaded",
    "catalogue_loaded",
    "treasury_key_made",
]

#: What leads the name of the stream, and the types of its events.
STREAM = "administration/"
TYPES = TYPE_PREFIX + "administration."

#: How long a token lasts where nobody says otherwise.
TOKEN_DAYS = 90
#: The last use of a token is written down no oftener than this.
USE_NOTED_EVERY = timedelta(hours=1)

Document = Mapping[str, Any]
#: Kind of thing in a fact → what names one of them.
KEYS = {"officers": "login", "tokens": "token", "services": "service"}


def stream_of(region: str) -> str:
    """The stream of a region's administration."""
    return f"{STREAM}{region}"


def changes(
    kind: str, before: Mapping[str, Document], after: Mapping[str, Document]
) -> list[dict[str, Any]]:
    """What became otherwise, by name: the fields that differ. What is new has no `before`."""
    name, found = KEYS[kind], []
    for key, now in sorted(after.items()):
        was = before.get(key)
        if was is None:
            found.append({name: key, "after": dict(now)})
            continue
        fields = [each for each in now if now[each] != was.get(each)]
        if fields:
            old, new = ({each: of.get(each) for each in fields} for of in (was, now))
            found.append({name: key, "before": old, "after": new})
    return found


def undone(
    kind: str, now: Mapping[str, Document], changed: Sequence[Document]
) -> dict[str, dict[str, Any]]:
    """How things stood before these changes."""
    name, found = KEYS[kind], {key: dict(document) for key, document in now.items()}
    for change in reversed(changed):
        if "before" in change:
            found[change[name]].update(change["before"])
        else:
            found.pop(change[name], None)
    return found


@dataclass
class Traced:
    """How accounts, tokens and published services stand by the facts, one after the other."""

    things: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {kind: {} for kind in KEYS}
    )

    def add(self, data: Document) -> None:
        """Take in a fact."""
        for kind, name in KEYS.items():
            known = self.things[kind]
            for change in data.get(kind, ()):
                known.setdefault(change[name], {}).update(change["after"])

    def strange(self, kind: str, stored: Mapping[str, Document]) -> Iterable[str]:
        """The names of things that do not stand as the facts say, or that no fact has brought."""
        known = self.things[kind]
        for key in sorted({*known, *stored}):
            said, there = known.get(key), stored.get(key)
            if said is None or there is None or any(there.get(f) != v for f, v in said.items()):
                yield key
