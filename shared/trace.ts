import { parseTraceparent } from './tracing/traceparent.ts';

/** Cloud Logging's fields that tie a log line to a trace. Source: Cloud Logging, structured logging, special fields. */
export interface TraceFields {
  'logging.googleapis.com/trace': string;
  'logging.googleapis.com/spanId': string;
  'logging.googleapis.com/trace_sampled': boolean;
}

/** The trace of a W3C `traceparent`; none when the value is absent or malformed. */
export function traceFields(traceparent: unknown, projectId: string): TraceFields | undefined {
  const context = parseTraceparent(traceparent);
  if (!context) return undefined;
  return {
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${context.traceId}`,
    'logging.googleapis.com/spanId': context.spanId,
    'logging.googleapis.com/trace_sampled': context.isSampled,
  };
}
