import { formatTraceparent, parseTraceparent } from '../../shared/tracing/traceparent.ts';
import type { Attributes, Span, SpanStart, Tracer } from '../../shared/tracing/tracer.ts';

/** A span that a test looks at. */
export interface RecordedSpan extends SpanStart {
  name: string;
  traceparent: string;
  attributes: Attributes;
  hasEnded: boolean;
  errorType?: string | undefined;
}

/** A tracer that keeps its spans. With `isSampled` false, none of them is recorded. */
export class RecordingTracer implements Tracer {
  readonly spans: RecordedSpan[] = [];
  isSampled = true;
  #lastId = 0;

  start(name: string, start: SpanStart = {}): Span {
    const { isSampled } = this;
    const id = (++this.#lastId).toString(16);
    const traceId = parseTraceparent(start.parent)?.traceId ?? id.padStart(32, 'a');
    const traceparent = formatTraceparent({ traceId, spanId: id.padStart(16, 'b'), isSampled });
    const span: RecordedSpan = { ...start, name, traceparent, attributes: {}, hasEnded: false };
    span.attributes = { ...start.attributes };
    if (isSampled) this.spans.push(span);
    return {
      traceparent,
      isRecording: isSampled,
      set: (attributes) => {
        span.attributes = { ...span.attributes, ...attributes };
      },
      rename: (renamed) => {
        span.name = renamed;
      },
      end: (errorType) => {
        span.hasEnded = true;
        span.errorType = errorType;
      },
    };
  }

  /** Those of a name that have ended. */
  ended(name: string): RecordedSpan[] {
    return this.spans.filter((span) => span.name === name && span.hasEnded);
  }
}
