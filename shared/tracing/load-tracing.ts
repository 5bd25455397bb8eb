import { randomUUID } from 'node:crypto';
import type { Logger } from '../log.ts';
import { ThrottledCountLog } from '../throttled-count-log.ts';
import { INCUBATING, STABLE } from './attributes.ts';
import { googleAuthorization, isGoogleReceiver } from './google-authorization.ts';
import type { TracingConfig } from './settings.ts';
import type { Attributes, Tracing } from './tracer.ts';

export interface TracingDeps {
  config: TracingConfig & { readonly projectId: string };
  /** Name of the service where the platform gives none. */
  service: string;
  /** Where Cloud Run tells the names of the service and of its revision, and where its metadata server may be named. */
  env: Readonly<Record<string, string | undefined>>;
  logger: Logger;
}

/**
 * The tracer of this process; none if traces are off, and then OpenTelemetry is not loaded. It has a bundle of its own,
 * which the build puts beside each bundle that imports this file.
 */
export async function loadTracing(deps: TracingDeps): Promise<Tracing | undefined> {
  const { config, env, logger } = deps;
  if (config.traces === 'off') return undefined;
  const bundle = new URL('./open-telemetry.js', import.meta.url).href;
  const { openTelemetry }: typeof import('./open-telemetry.ts') = await import(bundle);
  return openTelemetry({
    endpoint: config.otlpEndpoint,
    sampleRatio: config.tracesSampleRatio,
    resource: resourceOf(deps),
    headers: isGoogleReceiver(config.otlpEndpoint)
      ? () => googleAuthorization(env.GCE_METADATA_HOST || 'metadata.google.internal')
      : undefined,
    onLost: lossLog(logger),
  });
}

function resourceOf({ config, service, env }: TracingDeps): Attributes {
  const { K_SERVICE, K_REVISION } = env;
  return {
    [STABLE.serviceName]: K_SERVICE || service,
    [STABLE.serviceNamespace]: 'agent-assist-relay',
    [STABLE.serviceInstanceId]: randomUUID(),
    ...(K_REVISION ? { [INCUBATING.faasVersion]: K_REVISION } : {}),
    // Google's own: its receiver refuses spans without it. Source: Google Cloud Observability, "OTLP trace ingestion".
    'gcp.project_id': config.projectId,
  };
}

/** A receiver that is away loses spans for hours, so there is a line a minute. The line has no address, which may be a secret. */
function lossLog(logger: Logger): (spans: number, errorType: string) => void {
  const lost = new ThrottledCountLog<'spans', { reason: string }>({
    counted: ['spans'],
    write: (counts, context) =>
      logger.warn(
        { ...counts, ...context },
        'traces were not exported: is there an OTLP/HTTP receiver at OTEL_EXPORTER_OTLP_ENDPOINT?',
      ),
    now: Date.now,
  });
  return (spans, reason) => lost.count('spans', { reason }, spans);
}
