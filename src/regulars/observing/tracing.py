"""Traces: a span for each request, and for each group that is decided together.

They are sent where OTEL_EXPORTER_OTLP_ENDPOINT says. Without that variable, or without the packages, a span costs a
look at a name.
"""

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
NOTHING = nullcontext()

log = logging.getLogger(__name__)


class _Now:
    tracer: Any = None


def begin(service: str, exporter: Any = None) -> bool:
    """Whether spans of this process are sent from now on. `exporter` takes the place of the one over HTTP."""
    if exporter is None and not any(os.environ.get(name) for name in ENDPOINTS):
        return False
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    except ImportError:
        log.warning("traces are asked for, but regulars[observe] is not installed")
        return False
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    else:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    _Now.tracer = provider.get_tracer("regulars")
    return True


def end() -> None:
    _Now.tracer = None


def span(name: str, parent: str = "", **said: str | int) -> AbstractContextManager[Any]:
    """Around what it names; `parent` is the header `traceparent` of whoever asks. What is `said` is nobody's secret."""
    if _Now.tracer is None:
        return NOTHING
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    found: AbstractContextManager[Any] = _Now.tracer.start_as_current_span(name, context=context, attributes=said)
    return found


def name(span: Any, route: str, status: int) -> None:
    """What is known of a request once it is answered."""
    if span is not None:
        span.update_name(route)
        span.set_attribute("http.response.status_code", status)
