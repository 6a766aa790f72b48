"""GET /reports/{measure}: figures as JSON, CSV and XLSX. No rules here."""

from flask import Response

from casetrack.domain.case.figure_tables import MEASURES, Measure
from casetrack.domain.errors import NotFound
from casetrack.domain.events import instant
from casetrack.gateways.sheets.delimited import CSV
from casetrack.gateways.sheets.report_files import report_file
from casetrack.gateways.sheets.workbook import XLSX
from casetrack.usecases.case import reports
from casetrack.usecases.case.reports import Asked, Report
from casetrack.web.case.report_models import ReportPage, ReportQuery
from casetrack.web.http.call import Call, Route, as_json

_TYPES = {"csv": f"{CSV}; charset=utf-8", "xlsx": XLSX}


def _measure(call: Call) -> Measure:
    name = call.params["measure"]
    if name not in MEASURES:
        raise NotFound("unknown_measure", f"There are these reports: {', '.join(MEASURES)}.")
    return name


def read_report(call: Call) -> Response:
    """GET /reports/{measure}."""
    query = call.query(ReportQuery)
    asked = Asked(call.found, query.first, query.last, query.service or "", query.agency or "")
    made = reports.report(call.ctx, call.actor, call.actor.region, asked)
    if query.format == "json":
        return _json(made)
    response = Response(_file(made, query.format), 200, content_type=_TYPES[query.format])
    name = f"{made.asked.measure}-{made.first}-{made.last}.{query.format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(made: Report) -> Response:
    return as_json(
        {
            "measure": made.asked.measure,
            "first": made.first.isoformat(),
            "last": made.last.isoformat(),
            "counted_at": instant(made.counted_at) if made.counted_at else None,
            "whole": made.whole,
            "items": made.rows,
            "next_cursor": None,
        }
    )


def _file(made: Report, form: str) -> bytes:
    about = [
        ("Dari", made.first.isoformat()),
        ("Sampai", made.last.isoformat()),
        ("Layanan", made.asked.service or "semua"),
        ("Instansi", made.asked.agency or "semua"),
        ("Dihitung", instant(made.counted_at) if made.counted_at else "belum"),
    ]
    return report_file(form, made.asked.measure, made.columns, made.rows, about)


ROUTES: tuple[Route, ...] = (
    Route(
        "read_report",
        "GET",
        "/reports/{measure}",
        "Figures of services, agencies, steps, what is open and what was sent back",
        read_report,
        ReportPage,
        query=ReportQuery,
        find=_measure,
        or_contents=(CSV, XLSX),
    ),
)
