// Every limit of the relay, by the layer that declares it with its unit, its default and why it is what it is.
import { ACCESS_LIMITS } from './access/limits.ts';
import { ADMIN_LIMITS } from './admin/limits.ts';
import { CONVERSATION_LIMITS } from './conversations/limits.ts';
import { DELIVERY_LIMITS } from './delivery/limits.ts';
import { DIALOGFLOW_LIMITS } from './dialogflow/limits.ts';
import { HTTP_LIMITS } from './http/limits.ts';
import { IDENTITY_LIMITS } from './identity/limits.ts';
import { PROVIDER_LIMITS } from './providers/limits.ts';
import { RATE_LIMITS } from './rate-limits/limits.ts';
import { REDIS_HEALTH_LIMITS } from './redis-health/limits.ts';
import { SECRET_MANAGER_LIMITS } from './secret-manager/limits.ts';
import { SERVICE_CALLER_LIMITS } from './service-callers/limits.ts';
import { SESSION_LIMITS } from './session/limits.ts';
import { SOCKET_IO_LIMITS } from './socketio/limits.ts';
import { STREAM_LIMITS } from './streams/limits.ts';
import { TRACE_LIMITS } from './trace/limits.ts';
import { WEBSOCKET_LIMITS } from './websocket/limits.ts';

/** The limits that a relay runs with. */
export const LIMITS = {
  delivery: DELIVERY_LIMITS,
  identity: IDENTITY_LIMITS,
  secretManager: SECRET_MANAGER_LIMITS,
  providers: PROVIDER_LIMITS,
  access: ACCESS_LIMITS,
  rateLimits: RATE_LIMITS,
  redisHealth: REDIS_HEALTH_LIMITS,
  session: SESSION_LIMITS,
  socketIo: SOCKET_IO_LIMITS,
  webSocket: WEBSOCKET_LIMITS,
  http: HTTP_LIMITS,
  dialogflow: DIALOGFLOW_LIMITS,
  streams: STREAM_LIMITS,
  admin: ADMIN_LIMITS,
  conversations: CONVERSATION_LIMITS,
  trace: TRACE_LIMITS,
  serviceCallers: SERVICE_CALLER_LIMITS,
};
for (const layer of [LIMITS, ...Object.values(LIMITS)]) Object.freeze(layer);

export type Limits = Readonly<typeof LIMITS>;

/** How long shutting down may take, in milliseconds, of the 10 s that Cloud Run gives between SIGTERM and SIGKILL. */
export const SHUTDOWN_MAX_MS = 8_000;
