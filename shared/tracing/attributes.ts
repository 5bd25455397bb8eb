// The names of attributes, pinned here. Some of OpenTelemetry's are not stable, and an update of its package must not
// rename what dashboards look for. test/shared/tracing/attributes.test.ts compares them with the package.

/** Stable. Source: OpenTelemetry semantic conventions 1.45. */
export const STABLE = {
  serviceName: 'service.name',
  serviceNamespace: 'service.namespace',
  serviceInstanceId: 'service.instance.id',
  errorType: 'error.type',
  httpRequestMethod: 'http.request.method',
  httpResponseStatusCode: 'http.response.status_code',
  httpRoute: 'http.route',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  dbSystemName: 'db.system.name',
  dbOperationName: 'db.operation.name',
  rpcMethod: 'rpc.method',
} as const;

/** In development. Source: OpenTelemetry semantic conventions 1.45. */
export const INCUBATING = {
  messagingSystem: 'messaging.system',
  messagingOperationName: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
  messagingDestinationName: 'messaging.destination.name',
  messagingMessageId: 'messaging.message.id',
  messagingConversationId: 'messaging.message.conversation_id',
  faasTrigger: 'faas.trigger',
  faasVersion: 'faas.version',
} as const;

/** Our own. */
export const OWN = {
  /** One of the four kinds of event, such as `new-message-event`. */
  eventKind: 'agent_assist.event.kind',
  /** Why the event was dropped. */
  eventFault: 'agent_assist.event.fault',
  /** `appended`, `duplicate` or `superseded`. */
  appendOutcome: 'agent_assist.append.outcome',
  /** Position in the conversation's log. */
  logOffset: 'agent_assist.log.offset',
  /** How many desktops of this relay were sent the event. */
  desktops: 'agent_assist.desktops',
  /** Where a join starts: `live`, `position` or `remembered`. */
  joinStart: 'agent_assist.join.start',
  /** How many messages a replay has sent. */
  replayMessages: 'agent_assist.replay.messages',
  /** Whether a replay has sent everything after the desktop's position. */
  replayRecovered: 'agent_assist.replay.recovered',
} as const;
