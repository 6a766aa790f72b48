"""Questions about authority: parse, ask, answer."""

from typing import Any

from flask import Response

from casetrack.usecases.case.visible_case import sight
from casetrack.usecases.questions import register_questions, who_may_act
from casetrack.usecases.questions.register_questions import NAMED, When
from casetrack.usecases.questions.seat_scope import scope_of
from casetrack.web.authority import models
from casetrack.web.authority.entries import find_entry
from casetrack.web.http.call import Call, Route, as_json
from casetrack.web.http.cursors import read_cursor, write_cursor


def _when(query: models.WhenQuery) -> When:
    return When(query.at, query.known)


def _paged(answer: dict[str, Any], key: tuple[Any, ...] | None) -> Response:
    return as_json({**answer, "next_cursor": write_cursor(key)})


def list_entries(call: Call) -> Response:
    """GET /authority/entries."""
    query = call.query(models.EntriesQuery)
    key = read_cursor(query.cursor, str, str, int)
    page = register_questions.entries(
        call.ctx,
        call.actor.region,
        kind=query.kind,
        state=query.state,
        known=query.known,
        after=(key[0], key[1], key[2]) if key else None,
        limit=query.limit,
    )
    return _paged({"items": page.items}, page.next_key)


def read_entry(call: Call) -> Response:
    """GET /authority/entries/{kind}/{entry}."""
    region, params = call.actor.region, call.params
    found = register_questions.entry(call.ctx, region, params["kind"], params["entry"])
    response = as_json(found)
    # The stream's version: the newest that any of its revisions has.
    newest = max(found["items"], key=lambda revision: int(revision["version"]))
    response.headers["ETag"] = newest["etag"]
    return response


def list_findings(call: Call) -> Response:
    """GET /authority/findings."""
    query = call.query(models.FindingsQuery)
    key = read_cursor(query.cursor, int)
    answer, following = register_questions.findings(
        call.ctx,
        call.actor.region,
        _when(query),
        since=query.since,
        code=query.code,
        after=max(key[0], 0) if key else 0,
        limit=query.limit,
        scope=scope_of(call.ctx, call.actor),
    )
    return _paged(answer, following)


def who_may(call: Call) -> Response:
    """GET /authority/who."""
    query = call.query(models.WhoQuery)
    # What a query names is looked for once the whole query can be taken.
    register_questions.check_when(call.ctx, call.actor.region, _when(query))
    case = sight(call.ctx, call.actor, query.case)
    return as_json(who_may_act.who(call.ctx, case, query.step, _when(query)))


def what_may_i(call: Call) -> Response:
    """GET /authority/mine."""
    query = call.query(models.MineQuery)
    return as_json(register_questions.mine(call.ctx, call.actor, _when(query), query.officer))


def what_if(call: Call) -> Response:
    """GET /authority/what-if."""
    query = call.query(models.WhatIfQuery)
    when = When(query.on or query.at, query.known)
    return as_json(
        register_questions.what_if(call.ctx, call.actor.region, when, query.kind, query.id)
    )


def read_radar(call: Call) -> Response:
    """GET /authority/radar."""
    query = call.query(models.RadarQuery)
    scope = scope_of(call.ctx, call.actor)
    return as_json(
        register_questions.radar(call.ctx, call.actor.region, _when(query), query.days, scope)
    )


def list_coverage(call: Call) -> Response:
    """GET /authority/coverage."""
    query = call.query(models.CoverageQuery)
    key = read_cursor(query.cursor, str)
    answer, following = register_questions.coverage(
        call.ctx,
        call.actor.region,
        _when(query),
        cover=query.cover,
        after=key[0] if key else None,
        limit=query.limit,
        scope=scope_of(call.ctx, call.actor),
    )
    return _paged(answer, following)


def read_powers(call: Call) -> Response:
    """GET /authority/powers."""
    query = call.query(models.WhenQuery)
    return as_json(register_questions.powers(call.ctx, call.actor.region, _when(query)))


def list_decisions(call: Call) -> Response:
    """GET /authority/decisions."""
    query = call.query(models.DecisionsQuery)
    named = {kind: entry for kind in NAMED if (entry := getattr(query, kind)) is not None}
    key = read_cursor(query.cursor, int)
    page = register_questions.decisions(
        call.ctx,
        call.actor.region,
        named=named,
        acting=query.acting,
        questioned=query.questioned,
        before=key[0] if key else None,
        limit=query.limit,
        scope=scope_of(call.ctx, call.actor),
    )
    return _paged({"items": page.items}, page.next_key)


ROUTES: tuple[Route, ...] = (
    Route(
        "list_entries",
        "GET",
        "/authority/entries",
        "Entries of the register, by kind and state",
        list_entries,
        models.EntryPage,
        query=models.EntriesQuery,
    ),
    Route(
        "read_entry",
        "GET",
        "/authority/entries/{kind}/{entry}",
        "An entry: every revision, who entered it and who confirmed it",
        read_entry,
        models.RevisionsOut,
        find=find_entry,
        versioned=True,
    ),
    Route(
        "list_findings",
        "GET",
        "/authority/findings",
        "Faults of the papers, with their days and the article they break",
        list_findings,
        models.FindingPage,
        query=models.FindingsQuery,
    ),
    Route(
        "who_may",
        "GET",
        "/authority/who",
        "Who may take this step of this case",
        who_may,
        models.WhoOut,
        query=models.WhoQuery,
        refusals=(404,),
    ),
    Route(
        "what_may_i",
        "GET",
        "/authority/mine",
        "What the caller may do, as which position, until when",
        what_may_i,
        models.MineOut,
        query=models.MineQuery,
    ),
    Route(
        "what_if",
        "GET",
        "/authority/what-if",
        "What would stop if this instrument, letter or grant had ended",
        what_if,
        models.WhatIfOut,
        query=models.WhatIfQuery,
        refusals=(404,),
    ),
    Route(
        "read_radar",
        "GET",
        "/authority/radar",
        "What will stop, or go on with fewer people, in the days ahead",
        read_radar,
        models.RadarOut,
        query=models.RadarQuery,
    ),
    Route(
        "list_coverage",
        "GET",
        "/authority/coverage",
        "Who can take the deciding steps of each service, and which nobody can",
        list_coverage,
        models.CoveragePage,
        query=models.CoverageQuery,
    ),
    Route(
        "read_powers",
        "GET",
        "/authority/powers",
        "Powers that nobody holds, and that two hold",
        read_powers,
        models.PowersOut,
        query=models.WhenQuery,
    ),
    Route(
        "list_decisions",
        "GET",
        "/authority/decisions",
        "Decisions under an entry, by acting officers, or questioned by later facts",
        list_decisions,
        models.DecisionPage,
        query=models.DecisionsQuery,
    ),
)
