// The only file that imports OpenTelemetry. The build makes a bundle of it, which a process loads if TRACES is `otlp`.
import {
  type Context,
  type Span as OtelSpan,
  SpanKind as OtelSpanKind,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { STABLE } from './attributes.ts';
import { BoundedProcessor } from './bounded-processor.ts';
import { ReportingExporter } from './reporting-exporter.ts';
import { formatTraceparent, parseTraceparent, type TraceContext } from './traceparent.ts';
import type { Attributes, Span, SpanKind, SpanStart, Tracer, Tracing } from './tracer.ts';

export interface OpenTelemetryOptions {
  /** Base URL of an OTLP/HTTP receiver. */
  endpoint: string;
  /** The share of traces that start here and are exported, from 0 to 1. A trace with a parent follows its parent. */
  sampleRatio: number;
  /** What the process is: attributes of its resource. */
  resource: Attributes;
  /** Headers that authorize an export. Must not reject. */
  headers?: (() => Promise<Record<string, string>>) | undefined;
  /** So many spans were not exported, because of this class of error, or because too many waited. */
  onLost: (spans: number, errorType: string) => void;
}

/** How long closing waits for the last export, in milliseconds, of the 10 s that Cloud Run gives after SIGTERM. */
const CLOSE_MAX_MS = 2_000;

const KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  producer: OtelSpanKind.PRODUCER,
  consumer: OtelSpanKind.CONSUMER,
};

/** Spans wait for their export in memory, at most 2,048 of them. What happens is never delayed by an export. */
export function openTelemetry(options: OpenTelemetryOptions): Tracing {
  const { endpoint, sampleRatio, resource, headers, onLost } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, ...(headers && { headers }) });
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BoundedProcessor(new ReportingExporter(exporter, onLost), onLost)],
  });
  return {
    tracer: new OpenTelemetryTracer(provider.getTracer('agent-assist-relay')),
    close: () =>
      new Promise((resolve) => {
        setTimeout(resolve, CLOSE_MAX_MS);
        provider.shutdown().then(resolve, () => resolve());
      }),
  };
}

class OpenTelemetryTracer implements Tracer {
  readonly #tracer: OtelTracer;

  constructor(tracer: OtelTracer) {
    this.#tracer = tracer;
  }

  start(name: string, { kind = 'internal', parent, links = [], attributes = {} }: SpanStart = {}): Span {
    const options = {
      kind: KINDS[kind],
      attributes,
      links: links.flatMap((link) => {
        const context = parseTraceparent(link);
        return context === undefined ? [] : [{ context: spanContextOf(context) }];
      }),
    };
    return new OpenTelemetrySpan(this.#tracer.startSpan(name, options, contextOf(parent)));
  }
}

class OpenTelemetrySpan implements Span {
  readonly #span: OtelSpan;
  readonly isRecording: boolean;

  constructor(span: OtelSpan) {
    this.#span = span;
    this.isRecording = span.isRecording();
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.#span.spanContext();
    return formatTraceparent({ traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  end(errorType?: string): void {
    if (errorType !== undefined) {
      this.#span.setAttribute(STABLE.errorType, errorType);
      this.#span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#span.end();
  }
}

function contextOf(parent: string | undefined): Context {
  const context = parseTraceparent(parent);
  return context === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, spanContextOf(context));
}

function spanContextOf({ traceId, spanId, isSampled }: TraceContext): SpanContext {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true };
}
