"""Quiet hours: when nobody's telephone is to ring."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Self

#: Channels that make a noise. An e-mail waits in its box until somebody looks.
LOUD = ("sms", "whatsapp")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of day, included, until another, excluded; may run across midnight."""

    since: time
    until: time

    def end(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment itself outside the quiet hours; inside, the moment at which they end."""
        local = moment.astimezone(zone)
        now = local.time()
        across = self.since > self.until
        quiet = (
            (now >= self.since or now < self.until) if across else self.since <= now < self.until
        )
        if not quiet:
            return moment
        day = local.date() + timedelta(days=1 if across and now >= self.since else 0)
        return datetime.combine(day, self.until, zone).astimezone(moment.tzinfo)

    def as_dict(self) -> dict[str, str]:
        """The form that region files hold."""
        return {"from": f"{self.since:%H:%M}", "until": f"{self.until:%H:%M}"}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave. Raises ValueError, which says what is wrong."""
        for word in (data["from"], data["until"]):
            if not _CLOCK.fullmatch(word):
                raise ValueError(f"{word!r} is no time of day")
        if data["from"] == data["until"]:
            raise ValueError("they would end as they begin")
        return cls(time.fromisoformat(data["from"]), time.fromisoformat(data["until"]))


#: Where a region says nothing.
DEFAULT = QuietHours(time(21), time(6))


def not_before(channel: str, moment: datetime, quiet: QuietHours | None, zone: tzinfo) -> datetime:
    """When a message that could go at this moment may go by this channel."""
    return quiet.end(moment, zone) if quiet is not None and channel in LOUD else moment
