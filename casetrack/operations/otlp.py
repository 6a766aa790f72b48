"""The SDK and the OTLP/HTTP exporter: the only module that needs the extra `casetrack[otel]`.

Everything about them is set by their standard variables: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER,
OTEL_EXPORTER_OTLP_HEADERS and so on.
"""

import os
from collections.abc import Callable

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from casetrack import __version__


def tracer(process: str) -> tuple[Tracer, Callable[[], None]]:
    """A tracer whose spans leave in batches, and what sends the last of them."""
    name = os.environ.get("OTEL_SERVICE_NAME") or f"casetrack-{process}"
    resource = Resource.create({"service.name": name, "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=5)))
    return provider.get_tracer("casetrack", __version__), provider.shutdown
