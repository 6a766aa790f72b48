"""What the applicant reads of an inspection (peninjauan lapangan), on the page and on slips."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from casetrack.domain.service.definition import Name, ServiceDefinition
from casetrack.gateways.dates import in_language, local_slot

#: State → what is said of it, with the slot put in.
_SAID: Mapping[str, tuple[str, str]] = {
    "promised": (
        "{step}: dijadwalkan {slot}. Mohon Anda atau wakil Anda ada di tempat.",
        "{step}: planned for {slot}. Please be there, or have somebody there for you.",
    ),
    "done": ("{step}: sudah dilaksanakan, {slot}.", "{step}: took place, {slot}."),
    "cancelled": (
        "{step}: tidak jadi dilaksanakan ({slot}); tahapannya tidak lagi berjalan.",
        "{step}: came to nothing ({slot}); its step is open no more.",
    ),
}
_NOT_MET: Mapping[str, tuple[str, str]] = {
    "agency": (
        "{step}: tidak terlaksana ({slot}) karena instansi tidak datang.",
        "{step}: did not take place ({slot}) because the agency did not come.",
    ),
    "applicant": (
        "{step}: tidak terlaksana ({slot}) karena pemohon atau wakilnya tidak ada di tempat.",
        "{step}: did not take place ({slot}) because nobody was there for the applicant.",
    ),
}
_MOVED: Mapping[str, tuple[str, str]] = {
    "agency": (
        " Dipindahkan {times} kali, terakhir oleh instansi.",
        " Moved {times} times, last by the agency.",
    ),
    "applicant": (
        " Dipindahkan {times} kali, terakhir atas permintaan pemohon.",
        " Moved {times} times, last at the applicant's wish.",
    ),
}


def inspection_sentence(
    inspection: Mapping[str, Any], definition: ServiceDefinition, zone: str
) -> Name:
    """How an inspection stands, in both languages; without its place."""
    return Name(*(_sentence(inspection, definition, zone, each) for each in ("id", "en")))


def inspection_sentences(
    inspections: Sequence[Mapping[str, Any]], definition: ServiceDefinition, zone: str
) -> tuple[Name, ...]:
    """Of all of them, oldest first."""
    return tuple(inspection_sentence(each, definition, zone) for each in inspections)


def _sentence(
    said: Mapping[str, Any], definition: ServiceDefinition, zone: str, language: str
) -> str:
    place = 1 if language == "en" else 0
    words = _NOT_MET[said["because_of"]] if said["state"] == "not_met" else _SAID[said["state"]]
    step = in_language(definition.step(said["step"]).name, language)
    sentence = words[place].format(step=step, slot=_slot(said, zone, language))
    moves = said["moves"]
    if not moves:
        return sentence
    return sentence + _MOVED[moves[-1]["by"]][place].format(times=len(moves))


def _slot(said: Mapping[str, Any], zone: str, language: str) -> str:
    day, here = date.fromisoformat(said["on"]), ZoneInfo(zone)
    begins, ends = (
        datetime.combine(day, time.fromisoformat(said[name]), here) for name in ("begins", "ends")
    )
    return local_slot(begins, ends, zone, language)
