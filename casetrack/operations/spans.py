"""Spans of OpenTelemetry where OTEL_EXPORTER_OTLP_ENDPOINT is set; else only the trace's id.

Without it, and without the extra `casetrack[otel]`, a request still has a trace: the one that it came
with, or a new one. It goes into events, log lines and webhooks, so that a receiver's trace can be
matched with ours. Attributes are ids and codes; what is about a person never becomes one.
"""

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from opentelemetry import trace as otel
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, TraceFlags, Tracer

from casetrack.domain import traceparent as trace
from casetrack.domain.errors import BadInput
from casetrack.usecases import traceparent

#: Links that one span has at most; OpenTelemetry's own default is 128.
MOST_LINKS = 100
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

Value = str | int | float | bool


class Span(Protocol):
    """What may be said of a span while it lasts."""

    def set_attribute(self, key: str, value: Value, /) -> None:
        """One more id or code."""


class _NoSpan:
    def set_attribute(self, key: str, value: Value, /) -> None:
        """Nobody records it."""


_NO_SPAN = _NoSpan()
_NONE: Mapping[str, Value | None] = {}


class Spans:
    """Gives every piece of work its trace, and a span where spans are wanted."""

    def __init__(
        self, tracer: Tracer | None = None, close: Callable[[], None] = lambda: None
    ) -> None:
        self._tracer = tracer
        self.close = close

    @property
    def recording(self) -> bool:
        """Whether anybody records spans: what is read only for them need not be read otherwise."""
        return self._tracer is not None

    @contextmanager
    def span(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Value | None] = _NONE,
        *,
        parent: str | None = None,
    ) -> Iterator[Span]:
        """A piece of work: in the parent's trace, or in a new one."""
        if self._tracer is None:
            with traceparent.within(parent or trace.begin(os.urandom(24))):
                yield _NO_SPAN
            return
        recorded = self._tracer.start_as_current_span(
            name,
            # An empty context begins a new trace: never a child of what this thread did before.
            context=_context(parent),
            kind=kind,
            attributes={key: value for key, value in attributes.items() if value is not None},
            # An exception's text may quote what it was about.
            record_exception=False,
            set_status_on_exception=False,
        )
        with recorded as span, traceparent.within(_traceparent(span.get_span_context())):
            yield span

    def past(
        self, name: str, began_ns: int, links: Iterable[str], attributes: Mapping[str, Value]
    ) -> None:
        """A piece of work that is over, of which only its end says what it was about."""
        if self._tracer is not None:
            self._tracer.start_span(
                name,
                context=Context(),
                start_time=began_ns,
                links=[Link(_span_context(one)) for one in list(links)[:MOST_LINKS]],
                attributes=attributes,
            ).end()


def _context(parent: str | None) -> Context:
    if parent is None:
        return Context()
    return otel.set_span_in_context(NonRecordingSpan(_span_context(parent)), Context())


def _span_context(traceparent: str) -> SpanContext:
    _, of_trace, of_span, flags = traceparent.split("-")
    return SpanContext(
        int(of_trace, 16), int(of_span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )


def _traceparent(context: SpanContext) -> str:
    return trace.write(
        f"{context.trace_id:032x}", f"{context.span_id:016x}", sampled=context.trace_flags.sampled
    )


def start(process: str, environment: Mapping[str, str] = os.environ) -> Spans:
    """The spans of this process, after any fork. Raises BadInput when the extra is missing."""
    wanted = any(environment.get(name) for name in _ENDPOINTS)
    if not wanted or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return Spans()
    try:
        # Only here: to load the SDK takes longer than many a command.
        exporting = importlib.import_module("casetrack.operations.otlp")
    except ImportError as error:
        raise BadInput(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but {error.name} is not installed; "
            "install casetrack[otel], or remove the setting"
        ) from error
    tracer, close = exporting.tracer(process)
    return Spans(tracer, close)
