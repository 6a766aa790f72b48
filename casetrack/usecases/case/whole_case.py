"""One case with all that staff must judge by: persons, free text, notes. The look is recorded first."""

from collections.abc import Mapping, Sequence
from typing import Any

from casetrack.domain.access import Actor
from casetrack.domain.case.withheld import without_heirs
from casetrack.domain.people.readers import shown_to
from casetrack.domain.service.reading_rights import hidden_from
from casetrack.storage.people import file_rows
from casetrack.storage.people.file_rows import FileRow
from casetrack.usecases.authority.mall import outside_of, outside_views
from casetrack.usecases.case import case_texts
from casetrack.usecases.case.bill_views import bills_of
from casetrack.usecases.case.documents import documents_view
from casetrack.usecases.case.links import for_reader, named_by
from casetrack.usecases.case.people_views import people_views
from casetrack.usecases.case.views import without_reason
from casetrack.usecases.case.visible_case import Sight
from casetrack.usecases.context import Context
from casetrack.usecases.people import readings
from casetrack.usecases.people.corrected_values import marks
from casetrack.usecases.people.parties import parties_of
from casetrack.usecases.people.sealing import open_texts

#: Kinds of sealed words that are read with a case.
_WORDS = ("note", "defect", "fact", "document")


def whole_case(ctx: Context, actor: Actor, sight: Sight) -> dict[str, Any]:
    """The case as this reader may read it. Raises DatabaseDown where the look cannot be written down."""
    region, number = sight.state.region, sight.state.number
    shown = shown_to(actor, sight.definition.front_office)
    away = outside_of(ctx, region, sight.definition, sight.revisions, sight.state)
    view = {**for_reader(ctx, actor, sight.view()), "outside_mall": outside_views(away)}
    view["bills"] = bills_of(ctx, sight.state)
    view["linked_from"] = named_by(ctx, actor, sight.state)
    if shown != "full":
        view = without_reason(view)
    if shown == "nothing":
        _tell_texts(view, sight, {}, {})
        return {**view, "parties": [], "former_parties": [], "notes": []}
    readings.record_look(ctx, actor, number)
    parties = parties_of(ctx, region, [number])[number]
    corrected = marks(ctx, number, region, sight.state.parties, [each.row for each in parties])
    rows = case_texts.sealed(ctx, region, number, *_WORDS)
    texts = open_texts(ctx, region, rows)
    notes = case_texts.notes(ctx, region, number, rows, texts, shown)
    _tell_texts(view, sight, _without_hidden(sight, actor, texts), _files(ctx, sight))
    _tell_conditions(view["steps"], notes)
    if shown != "full":
        view = without_heirs(view)
    return {
        **view,
        "identity_question": any(party.row.asked for party in parties),
        **people_views(sight.state, parties, shown, texts, corrected),
        "notes": notes,
    }


def _without_hidden(sight: Sight, actor: Actor, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts but those of documents and facts that the definition keeps from this reader."""
    requirements, facts = hidden_from(sight.definition, actor)
    state = sight.state
    hidden = {state.facts[name]["text"] for name in facts if name in state.facts}
    said = (*state.defects, *state.documents)
    hidden |= {each.get("text") for each in said if each["requirement"] in requirements}
    return {name: text for name, text in texts.items() if name not in hidden}


def _files(ctx: Context, sight: Sight) -> dict[str, FileRow]:
    """The rows of the case's files, by the text that has their key."""
    state = sight.state
    if not any("file" in document for document in state.documents):
        return {}
    with ctx.database.read() as connection:
        rows = file_rows.of_case(connection, state.region, state.number)
    return {row.text: row for row in rows}


def _tell_texts(
    view: dict[str, Any], sight: Sight, texts: Mapping[str, str], files: Mapping[str, FileRow]
) -> None:
    """Defects, documents, the reason of a waiver and free-text facts in words; null where they were
    erased or are not for the reader."""
    for shown, defect in zip(view["defects"], sight.state.defects, strict=True):
        shown["text"] = texts.get(defect.get("text", ""))
    view["documents"] = documents_view(sight.state, sight.definition, texts, files)
    if sight.state.waiver is not None:
        view["waiver"]["reason"] = texts.get(sight.state.waiver["reason"]["text"])
    view["facts"] = {
        name: texts.get(value["text"]) if isinstance(value, Mapping) else value
        for name, value in view["facts"].items()
    }


def _tell_conditions(steps: Sequence[dict[str, Any]], notes: Sequence[Mapping[str, Any]]) -> None:
    """What was written with a conditional recommendation is what it asks for."""
    said = {
        note["step"]: note["text"]
        for note in notes
        if (note["action"], note["result"]) == ("complete", "conditional")
    }
    for step in steps:
        if step["result"] == "conditional":
            step["conditions"] = said.get(step["id"])
