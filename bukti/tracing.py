"""Sends the spans of the command line's work where OpenTelemetry's own environment variables say."""

from __future__ import annotations

import logging
from collections.abc import Mapping

__all__ = ["start_tracing"]

_LOG = logging.getLogger(__name__)

_ADDRESSES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def start_tracing(environment: Mapping[str, str]) -> bool:
    """Sets up OpenTelemetry if its variables ask for it: ``OTEL_TRACES_EXPORTER`` (``otlp``, ``console`` or ``none``) or an OTLP endpoint.

    A program that calls bukti as a library sets up its own provider; this is for the command line alone. The variables are every program's of a machine: what
    bukti cannot do of them is a warning, and stops no work.

    Args:
        environment: The environment.

    Returns:
        Whether spans are sent.
    """
    wanted = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    addressed = any(environment.get(name) for name in _ADDRESSES)
    if not wanted and addressed:
        wanted = "otlp"
    if wanted in ("", "none") or environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if wanted not in ("otlp", "console"):
        _LOG.warning("no spans are sent: OTEL_TRACES_EXPORTER is %r, and bukti knows otlp, console and none", wanted)
        return False
    try:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter

        exporter: SpanExporter
        if wanted == "console":
            import sys

            exporter = ConsoleSpanExporter(out=sys.stderr)
        else:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            exporter = OTLPSpanExporter()
    except ImportError as exc:
        _LOG.warning("no spans are sent: %s is not installed; install bukti[otel]", exc.name)
        return False
    name = environment.get("OTEL_SERVICE_NAME") or "bukti"
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)  # which sends what is left when the process ends
    return True
