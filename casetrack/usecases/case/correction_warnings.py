"""What a correction of facts leaves to others: bills whose amount rests on them, steps that are done."""

from collections.abc import Iterator

from casetrack.domain.events import NewEvent

_BILL = {
    "id": "jumlahnya dihitung dari data sebelum koreksi; batalkan dan terbitkan tagihan baru",
    "en": "its amount rests on the facts as they were; cancel it and issue a new one",
}
_STEP = {
    "id": "selesai dengan data sebelum koreksi; buka kembali bila hasilnya akan lain",
    "en": "it was completed by the facts as they were; reopen it if it would end otherwise",
}


def correction_warnings(new: NewEvent) -> Iterator[dict[str, object]]:
    """A warning for each bill and step that the event of a correction names; none for other events."""
    if not new.type.endswith((".facts_corrected", "case.corrected")):
        return
    for name, words, kind in (("bills", _BILL, "bills"), ("done", _STEP, "steps")):
        for each in new.data.get(name, ()):
            yield {"at": f"{kind}.{each}", "message": words["en"], "said": dict(words)}
