"""Answers about the register as JSON: days as texts, positions with their names on the day asked for."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from casetrack.domain.authority.change_days import Turn
from casetrack.domain.authority.check import Alternative
from casetrack.domain.authority.coverage import Held, Powers, ServiceCover, Shared, Vacant
from casetrack.domain.authority.faults import Finding
from casetrack.domain.authority.few_registrars import Few
from casetrack.domain.authority.holders import Holder
from casetrack.domain.authority.questions import Alarm, Loss, Mine
from casetrack.domain.authority.register import Register
from casetrack.domain.events import instant
from casetrack.storage.authority.decisions import DecisionSummary

View = dict[str, Any]


def position_view(register: Register, position: str, day: date) -> View:
    """A position by id and by its name on that day."""
    return {"position": position, "name": register.name_of(position, day).as_dict()}


def holder_view(register: Register, holder: Holder, day: date) -> View:
    """Somebody who may act."""
    return {
        **position_view(register, holder.position, day),
        "agency": holder.agency,
        "officer": holder.officer,
        "form": holder.form,
        "incumbency": holder.incumbency,
        "until": holder.until or None,
    }


def _holders(register: Register, found: Iterable[Holder], day: date) -> list[View]:
    return [holder_view(register, holder, day) for holder in found]


def alternative_view(found: Alternative) -> View:
    """Who may take a step; nobody where the position is vacant."""
    view = found.as_data()
    return {**view, "vacant": view["officer"] is None}


def loss_view(register: Register, loss: Loss, day: date, open_cases: Mapping[str, int]) -> View:
    """What stops or goes on with fewer; `day` is the first on which it is so."""
    return {
        "left": loss.left,
        "agency": loss.agency,
        "actions": list(loss.actions),
        "services": list(loss.services),
        "open_cases": sum(open_cases.get(service, 0) for service in loss.services),
        "lost": _holders(register, loss.lost, day),
        "alternatives": _holders(register, loss.remaining, day),
        "vacant": [position_view(register, position, day) for position in loss.vacant],
    }


def turn_view(turn: Turn) -> View:
    """What ends: the entry, and in which way."""
    return {"kind": turn.kind, "id": turn.id, "what": turn.what}


def few_view(few: Few) -> View:
    """A body whose papers wait, from which day, and who keeps them then."""
    return {
        "agency": few.agency,
        "since": few.since.isoformat(),
        "officers": list(few.officers),
    }


def alarm_view(register: Register, alarm: Alarm, open_cases: Mapping[str, int]) -> View:
    """One day of the radar."""
    first = alarm.turns[0].day if alarm.turns else alarm.last_day
    return {
        "last_day": alarm.last_day.isoformat(),
        "days_left": alarm.days_left,
        "worst": alarm.worst,
        "causes": [turn_view(turn) for turn in alarm.turns],
        "losses": [loss_view(register, loss, first, open_cases) for loss in alarm.losses],
    }


def mine_view(register: Register, found: Mine, day: date) -> View:
    """What an officer may do as one of their positions."""
    return {
        **holder_view(register, found.holder, day),
        "by": found.kind,
        "giver": position_view(register, found.giver, day) if found.giver else None,
        "bounded": found.bounded,
        "sure_until": found.until.isoformat() if found.until else None,
        "actions": list(found.actions),
        "services": list(found.services),
    }


def cover_view(register: Register, found: ServiceCover, day: date) -> View:
    """One service with its deciding steps."""
    return {
        "service": found.service.id,
        "name": found.service.name.as_dict(),
        "cover": found.cover,
        "steps": [
            {
                "step": each.step.id,
                "action": each.action,
                "agency": each.step.agency,
                "cover": each.cover,
                "held": [_held_view(register, held, day) for held in each.held],
            }
            for each in found.steps
        ],
    }


def _held_view(register: Register, held: Held, day: date) -> View:
    return {
        **position_view(register, held.holding.position, day),
        "agency": held.holding.agency,
        "by": held.holding.kind,
        "bounded": held.holding.bounded,
        "chain": list(held.holding.grants),
        "officers": [{"officer": h.officer, "form": h.form} for h in held.seated],
    }


def powers_view(register: Register, found: Powers, day: date) -> View:
    """Powers that nobody holds, and that two hold."""
    return {
        "vacant": [_vacant_view(register, each, day) for each in found.vacant],
        "shared": [_shared_view(register, each, day) for each in found.shared],
        "several_officers": [
            {
                **position_view(register, each.position, day),
                "officers": _holders(register, each.seated, day),
            }
            for each in found.seats
        ],
    }


def _vacant_view(register: Register, found: Vacant, day: date) -> View:
    return {
        **position_view(register, found.position, day),
        "last_day": found.last_day.isoformat() if found.last_day else None,
        "contested": found.contested,
        "actions": list(found.actions),
        "services": list(found.services),
    }


def _shared_view(register: Register, found: Shared, day: date) -> View:
    return {
        "positions": [position_view(register, position, day) for position in found.positions],
        "actions": list(found.actions),
        "services": list(found.services),
    }


def finding_view(found: Finding) -> View:
    """A fault of the papers."""
    return {
        "code": found.code,
        "severity": found.fault.severity,
        "article": found.fault.article,
        "text": found.text.as_dict(),
        "since": found.since.isoformat() if found.since else None,
        "until": found.until.isoformat() if found.until else None,
        "entries": [{"kind": kind, "id": entry} for kind, entry in found.entries],
        "position": found.position,
        "services": list(found.services),
    }


def decision_view(row: DecisionSummary) -> View:
    """A decision as a list shows it."""
    return {
        "number": row.number,
        "version": row.version,
        "step": row.step,
        "action": row.action,
        "service": row.service,
        "scheme": row.scheme,
        "officer": row.officer,
        "position": row.position,
        "form": row.form,
        "occurred_at": instant(row.occurred_at),
        "questioned": row.questioned,
    }
