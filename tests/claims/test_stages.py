from __future__ import annotations

import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bukti.claims import stages as module
from bukti.claims.stages import Stages, span


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What was sent; the process's own provider, which can be set once only, stays as it is."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    module._tracer.cache_clear()
    yield kept
    module._tracer.cache_clear()


def test_the_total_is_the_sum_of_the_stages_and_the_rest_to_the_last_digit() -> None:
    stages = Stages()
    for name in ("split", "judge", "split"):
        with stages.stage(name):
            sum(range(200_000))
    timing = stages.timing()
    assert list(timing) == ["split", "judge", "other", "total"]
    assert timing["total"] > 0
    thousandths = {name: round(seconds * 1000) for name, seconds in timing.items()}
    assert thousandths.pop("total") == sum(thousandths.values())
    assert all(seconds >= 0 and seconds == round(seconds, 3) for seconds in timing.values())


def test_stages_are_spans_within_the_span_of_the_whole_and_an_exception_is_recorded(
    spans: InMemorySpanExporter,
) -> None:
    with pytest.raises(ValueError, match="torn"), span("verify", article="a"), Stages().stage("split", sentences=3):
        raise ValueError("torn")
    split, whole = spans.get_finished_spans()
    assert (split.name, dict(split.attributes or {})) == ("bukti.split", {"bukti.sentences": 3})
    assert split.parent is not None
    assert split.parent.span_id == whole.context.span_id
    assert (whole.status.status_code.name, split.events[0].name) == ("ERROR", "exception")


def test_without_opentelemetry_nothing_is_traced_and_all_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    module._tracer.cache_clear()
    stages = Stages()
    with stages.stage("split"):
        pass
    assert "split" in stages.timing()
    module._tracer.cache_clear()
