/** Cloud Logging's fields that tie a log line to a trace. Source: Cloud Logging, structured logging, special fields. */
export interface TraceFields {
  'logging.googleapis.com/trace': string;
  'logging.googleapis.com/spanId': string;
  'logging.googleapis.com/trace_sampled': boolean;
}

// W3C Trace Context: version 00, 16 bytes of trace, 8 bytes of span (neither all zeros), flags.
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The trace of a W3C `traceparent`; none when the value is absent or malformed. */
export function traceFields(traceparent: unknown, projectId: string): TraceFields | undefined {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  if (!match) return undefined;
  const [, trace, span, flags] = match;
  return {
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${trace}`,
    'logging.googleapis.com/spanId': span ?? '',
    'logging.googleapis.com/trace_sampled': (Number.parseInt(flags ?? '0', 16) & 1) === 1,
  };
}
