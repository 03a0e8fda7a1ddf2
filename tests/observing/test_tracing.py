"""Spans, sent into memory."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from regulars.observing import tracing

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    assert tracing.begin("test", exporter)
    yield exporter
    tracing.end()


def test_a_request_goes_on_with_its_caller_s_trace(spans: InMemorySpanExporter) -> None:
    with tracing.span("PUT", PARENT) as span:
        with tracing.span("decide together", requests=3):
            pass
        tracing.name(span, "PUT /v1/orders/<source>/<id>", 200)
    inner, outer = spans.get_finished_spans()
    assert (outer.name, dict(outer.attributes)) == ("PUT /v1/orders/<source>/<id>", {"http.response.status_code": 200})
    assert f"{outer.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert (inner.name, inner.attributes["requests"]) == ("decide together", 3)
    assert inner.parent.span_id == outer.context.span_id


def test_nothing_is_sent_where_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tracing.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    assert not tracing.begin("test")
    assert tracing.span("PUT") is tracing.NOTHING
