import type { Config } from '../../shared/config.ts';
import type { EventKind } from '../../shared/event.ts';
import type { Logger } from '../../shared/log.ts';
import { loadTracing } from '../../shared/tracing/load-tracing.ts';
import type { functionSettings } from '../config.ts';
import { endAfter } from './end-after.ts';
import { type TracedEvents, traceEvents } from './trace-events.ts';

export interface StartTracingDeps {
  kind: EventKind;
  config: Config<typeof functionSettings>;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

/** Loads the tracer while the framework starts. The first event waits for it; without it, events are not traced. */
export function startTracing({ kind, config, env, logger }: StartTracingDeps): TracedEvents {
  const tracing = loadTracing({ config, service: kind, env, logger }).catch((err: unknown) => {
    logger.error({ err }, 'traces are off, because OpenTelemetry could not be loaded');
    return undefined;
  });
  void tracing.then((loaded) => loaded && endAfter(process, loaded.close));
  const { redisHost: host, redisPort: port } = config;
  return traceEvents({ kind, tracing, redis: { host, port } });
}
