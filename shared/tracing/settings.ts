import * as v from 'valibot';
import { type Config, type Settings, setting } from '../config.ts';

/** A number from 0 to 1. */
const ratio: v.GenericSchema<string, number> = v.pipe(
  v.string(),
  v.regex(/^(?:0|1|0?\.\d{1,9}|1\.0{1,9})$/),
  v.transform(Number),
);

/** No query, no fragment and no path of traces, because that path is added. No password, because commands and logs show it. */
function isEndpoint(text: string): boolean {
  // URL leaves out spaces at both ends.
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined;
  return (
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    !/\/v1\/traces\/*$/.test(url.pathname)
  );
}

/** The settings of traces, the same for the functions and the relay. */
export const tracingSettings = {
  traces: setting<'off' | 'otlp'>('TRACES', {
    schema: v.picklist(['off', 'otlp']),
    fallback: 'off',
    remedy: 'set it to otlp, which exports traces to OTEL_EXPORTER_OTLP_ENDPOINT, or to off',
  }),
  tracesSampleRatio: setting('TRACES_SAMPLE_RATIO', {
    schema: ratio,
    fallback: 0.01,
    remedy: 'set it to the share of new traces that are exported, from 0 to 1, such as 0.01',
  }),
  otlpEndpoint: setting('OTEL_EXPORTER_OTLP_ENDPOINT', {
    schema: v.pipe(v.string(), v.check(isEndpoint)),
    // Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter".
    fallback: 'http://localhost:4318',
    remedy:
      'set it to the URL of an OTLP/HTTP receiver, such as http://localhost:4318, without /v1/traces, credentials or a query',
  }),
} satisfies Settings;

export type TracingConfig = Config<typeof tracingSettings>;
