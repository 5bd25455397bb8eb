// Ties a handler to its process: the environment, a connection to Redis and standard output. Everything here runs at
// every cold start, so nothing heavy is imported and nothing is awaited before the first event.
import type { HttpFunction } from '@google-cloud/functions-framework';
import { readConfig } from '../shared/config.ts';
import { createConversationIndex } from '../shared/conversation-index/conversation-index.ts';
import type { EventKind } from '../shared/event.ts';
import { createLogger, logDestination } from '../shared/log.ts';
import { createRedisClient, isTransientRedisError } from '../shared/redis.ts';
import { logConnectionFaults } from '../shared/redis-fault.ts';
import { createEventLog } from '../shared/stream/event-log.ts';
import { functionSettings } from './config.ts';
import { logFrameworkErrors } from './framework-errors.ts';
import { createHandler } from './handler.ts';
import { createHttpFunction } from './http-function.ts';
import { listConversation } from './list-conversation.ts';
import { startTracing } from './tracing/start-tracing.ts';
import { explainUsedPort } from './used-port.ts';

/** @throws {ConfigError} which stops the instance at its start, with every fault in its message. */
export function createFunction(kind: EventKind, env: NodeJS.ProcessEnv): HttpFunction {
  // Express, which the framework makes after this, would show its errors with their stack to the caller.
  env.NODE_ENV ||= 'production';
  const config = readConfig(functionSettings, env);
  const logger = createLogger(kind, config.logLevel, logDestination(undefined));
  logFrameworkErrors(console, logger);
  explainUsedPort(process, console);
  const redis = createRedisClient(config);
  logConnectionFaults(redis, config, logger);
  // Connects while the framework is still starting; a failure is retried and reported by the listener above.
  redis.connect().catch(() => {});
  const eventLog = createEventLog(redis, config);
  const traced = config.traces === 'off' ? undefined : startTracing({ kind, config, env, logger });
  const handle = createHandler({
    kind,
    project: { id: config.projectId, number: config.projectNumber },
    maxBytes: config.eventMaxBytes,
    eventLog: traced?.appending(eventLog) ?? eventLog,
    list: listConversation({ index: createConversationIndex(redis), logger }),
    isTransient: isTransientRedisError,
    logger,
    onDropped: traced?.dropped,
  });
  return createHttpFunction({ handle: traced?.handling(handle) ?? handle, logger });
}
