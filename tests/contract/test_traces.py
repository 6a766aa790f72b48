"""One trace from the request through the event to the attempt; and none of it says who somebody is."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from casetrack.domain import traceparent as trace
from casetrack.domain.delivery.receivers import told
from casetrack.domain.errors import BadInput
from casetrack.operations import spans
from casetrack.operations.metrics import Metrics
from casetrack.operations.process_rounds import Rounds
from casetrack.operations.spans import Spans
from casetrack.usecases import traceparent
from casetrack.usecases.delivery import relay as relaying
from tests.support.receiver import receiving
from tests.support.web import APPLICANT, LETTER, Web
from tests.support.world import World
from workers.relay import Batches

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def exported() -> Iterator[tuple[Spans, InMemorySpanExporter]]:
    """Spans that stay in memory."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield Spans(provider.get_tracer("test"), provider.shutdown), exporter
    provider.shutdown()


def events(web: Web, number: str) -> list[Any]:
    with web.world.database.read() as connection:
        bodies = connection.exec_driver_sql(
            "SELECT body FROM events WHERE stream = '" + number + "' ORDER BY version"
        ).scalars()
        return [json.loads(body) for body in bodies]


def test_a_request_with_a_trace_gives_it_to_its_event(world: World) -> None:
    web = Web(world)
    number = web.post("/cases", "dewi", {**LETTER, "applicant": APPLICANT},
                      headers={"traceparent": GIVEN}).get_json()["number"]  # fmt: skip
    assert [e["traceparent"] for e in events(web, number)] == [GIVEN]
    assert traceparent.current() is None


@pytest.mark.parametrize("header", [None, "nonsense", GIVEN.upper()])
def test_a_request_without_one_begins_one(world: World, header: str | None) -> None:
    web = Web(world)
    sent = {"traceparent": header} if header else {}
    number = web.post("/cases", "dewi", {**LETTER, "applicant": APPLICANT},
                      headers=sent).get_json()["number"]  # fmt: skip
    web.act(number, "dewi", "declare_complete", "intake")
    kept = [event["traceparent"] for event in events(web, number)]
    assert len(set(map(trace.trace_id, kept))) == 2
    assert all(trace.read(one) == one for one in kept)


def test_one_trace_runs_from_the_request_to_the_attempt(
    world: World, exported: tuple[Spans, InMemorySpanExporter]
) -> None:
    recorded, exporter = exported
    web = Web(world, recorded)
    web.begun("dewi")
    web.post("/cases", "dewi", {**LETTER, "applicant": APPLICANT},
             headers={"traceparent": GIVEN})  # fmt: skip
    batches = Batches(Rounds("relay", world.app, Metrics(), recorded))
    lanes: list[tuple[str, str]] = []
    relaying.sequence_once(world.ctx, told, lanes.extend, batches)
    web.attempt(lanes)
    found = {span.name: span for span in exporter.get_finished_spans()}
    request, batch, attempt = (
        found[name] for name in ("POST open_case", "relay batch", "deliver email")
    )
    assert trace_of(request) == trace_of(attempt) == TRACE
    assert request.parent
    assert attempt.parent
    assert f"{request.parent.span_id:016x}" == GIVEN[36:52]
    assert request.context
    assert attempt.parent.span_id == request.context.span_id
    (link,) = batch.links
    assert link.context.span_id == request.context.span_id
    assert dict(request.attributes or {})["http.response.status_code"] == 201
    assert dict(attempt.attributes or {})["casetrack.outcome"] == "delivered"


def test_a_subscriber_gets_the_trace_in_the_event_and_its_attempt_in_a_header(
    world: World, exported: tuple[Spans, InMemorySpanExporter]
) -> None:
    recorded, exporter = exported
    web = Web(world, recorded)
    with receiving() as receiver:
        web.post("/webhooks", "mesin", {"url": receiver.url, "types": ["casetrack.case.opened"]})
        web.post("/cases", "dewi", {**LETTER, "applicant": APPLICANT},
                 headers={"traceparent": GIVEN})  # fmt: skip
        web.deliver()
        (got,) = receiver.got
    (attempt,) = (s for s in exporter.get_finished_spans() if s.name == "deliver webhook")
    assert attempt.context
    assert got.headers["traceparent"] == f"00-{TRACE}-{attempt.context.span_id:016x}-01"
    assert attempt.parent
    assert got.event["traceparent"] == f"00-{TRACE}-{attempt.parent.span_id:016x}-01"


def trace_of(span: ReadableSpan) -> str:
    assert span.context
    return f"{span.context.trace_id:032x}"


def test_spans_say_nothing_about_a_person(
    world: World, exported: tuple[Spans, InMemorySpanExporter]
) -> None:
    recorded, exporter = exported
    web = Web(world, recorded)
    case = web.open()
    number, code = case["number"], case["access_code"]
    web.get(f"/status/{number}?code={code}")
    web.get(f"/status/{APPLICANT['nik']}")
    web.post("/cases/find", "dewi", {"nik": APPLICANT["nik"]})
    web.act(number, "dewi", "declare_complete", "intake", note="KTP milik Budi")
    web.deliver()
    said = " ".join(span.to_json() for span in exporter.get_finished_spans())
    assert number in said
    for word in (code, *APPLICANT.values(), "KTP milik", web.world.token("dewi")):
        assert word in ("person", "id") or word not in said, word


# --- sent away ------------------------------------------------------------------------------------------


class Collector(BaseHTTPRequestHandler):
    """As much of an OTLP/HTTP collector as an exporter needs."""

    got: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        request = ExportTraceServiceRequest()
        request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append(request)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def test_spans_leave_by_otlp_where_the_standard_variable_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    got: list[ExportTraceServiceRequest] = []
    with HTTPServer(("127.0.0.1", 0), type("Bound", (Collector,), {"got": got})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        recorded = spans.start("web")
        assert recorded.recording
        with recorded.span("POST open_case", parent=GIVEN):
            pass
        recorded.close()
        server.shutdown()
    (resource,) = got[0].resource_spans
    names = {a.key: a.value.string_value for a in resource.resource.attributes}
    assert names["service.name"] == "casetrack-web"
    (span,) = resource.scope_spans[0].spans
    assert (span.name, span.trace_id.hex()) == ("POST open_case", TRACE)


def test_without_the_variable_nothing_is_loaded_and_nothing_recorded() -> None:
    assert not spans.start("web", {}).recording
    off = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}
    assert not spans.start("web", off).recording


def test_without_the_extra_the_variable_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "casetrack.operations.otlp", None)
    with pytest.raises(BadInput, match=r"casetrack\[otel\]"):
        spans.start("web", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
