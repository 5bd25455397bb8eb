// What the relay and the functions know of tracing. Only open-telemetry.ts knows OpenTelemetry, and it is loaded only if
// TRACES is `otlp`. Without it there is no tracer, and no code that would call one.

/** Source: OpenTelemetry specification, "SpanKind". */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  /** Default: `internal`. */
  kind?: SpanKind;
  /** The `traceparent` of the span that it belongs to. Without one it starts a trace. A malformed one is ignored. */
  parent?: string | undefined;
  /** The `traceparent` of other spans that caused it. Malformed ones are ignored. */
  links?: readonly (string | undefined)[];
  attributes?: Attributes;
}

/** One operation of a trace. Its attributes hold no content of a conversation, no token and no identity. */
export interface Span {
  /** The W3C `traceparent`, for the spans that it causes. */
  readonly traceparent: string;
  /** Whether it will be exported. If not, whatever would be noted of it is dropped. */
  readonly isRecording: boolean;
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** @param errorType What class of error it ended with, such as `ECONNREFUSED`; never an error's message. */
  end(errorType?: string): void;
}

export interface Tracer {
  /** @param name Without names or ids of single conversations, because backends group spans by it. */
  start(name: string, start?: SpanStart): Span;
}

/** The tracer of a process. */
export interface Tracing {
  tracer: Tracer;
  /** Exports the spans that have ended. Gives up after a while, and never rejects. */
  close(): Promise<void>;
}

/** What class of error it is, in a few words that show nothing of its message. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : error.name;
}
