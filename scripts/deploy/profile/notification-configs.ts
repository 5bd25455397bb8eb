// Where a conversation profile keeps the topic of each kind of event. Pure.
import type { protos } from '@google-cloud/dialogflow';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';

export type Profile = protos.google.cloud.dialogflow.v2.IConversationProfile;
type NotificationConfig = protos.google.cloud.dialogflow.v2.INotificationConfig;

/** The path of each kind's config, as an update mask takes it: google/cloud/dialogflow/v2/conversation_profile.proto. */
const MASKS: Readonly<Record<EventKind, string>> = {
  'human-agent-assistant-event': 'human_agent_assistant_config.notification_config',
  'new-message-event': 'new_message_event_notification_config',
  'conversation-lifecycle-event': 'notification_config',
  'new-recognition-result-notification-event': 'new_recognition_result_notification_config',
};

/** A config as it is shown. An empty topic means that the kind is not published. */
export interface Target {
  topic: string;
  /** With anything but JSON, PROTO among it and the default, the functions cannot read the events. */
  messageFormat: string;
}

export type Targets = Partial<Record<EventKind, Target>>;

export function targetsOf(profile: Profile): Record<EventKind, Target> {
  return Object.fromEntries(
    EVENT_KINDS.map((kind) => [kind, targetOf(configOf(profile, kind))] as const),
  ) as Record<EventKind, Target>;
}

function configOf(profile: Profile, kind: EventKind): NotificationConfig | null | undefined {
  return {
    'human-agent-assistant-event': profile.humanAgentAssistantConfig?.notificationConfig,
    'new-message-event': profile.newMessageEventNotificationConfig,
    'conversation-lifecycle-event': profile.notificationConfig,
    'new-recognition-result-notification-event': profile.newRecognitionResultNotificationConfig,
  }[kind];
}

function targetOf(config: NotificationConfig | null | undefined): Target {
  const format = config?.messageFormat;
  return {
    topic: config?.topic ?? '',
    messageFormat: format ? String(format) : 'MESSAGE_FORMAT_UNSPECIFIED',
  };
}

/** What is wanted of the kinds that have a topic; the others are nobody's business here. */
export function wanted(topics: ReadonlyMap<EventKind, string>, projectId: string): Targets {
  return Object.fromEntries(
    [...topics].map(([kind, topic]) => [
      kind,
      { topic: `projects/${projectId}/topics/${topic}`, messageFormat: 'JSON' },
    ]),
  );
}

/** The kinds that are not as wanted. */
export function differing(have: Targets, want: Targets): EventKind[] {
  return kindsOf(want).filter(
    (kind) =>
      have[kind]?.topic !== want[kind]?.topic || have[kind]?.messageFormat !== want[kind]?.messageFormat,
  );
}

/** The kinds that still point at one of these topics, in whatever format. */
export function pointingAt(have: Targets, want: Targets): EventKind[] {
  return kindsOf(want).filter((kind) => have[kind]?.topic === want[kind]?.topic);
}

/** A line for each field that will change: `new_message_event_notification_config.topic: OLD -> NEW`. */
export function diffLines(have: Targets, want: Targets): string[] {
  return differing(have, want).flatMap((kind) =>
    (['topic', 'messageFormat'] as const)
      .filter((field) => have[kind]?.[field] !== want[kind]?.[field])
      .map(
        (field) =>
          `${MASKS[kind]}.${field === 'topic' ? 'topic' : 'message_format'}: ` +
          `${have[kind]?.[field] || '(none)'} -> ${want[kind]?.[field] ?? '(none)'}`,
      ),
  );
}

/** An update of these kinds' configs and of nothing else. A kind without a target loses its config. */
export function patch(name: string, kinds: readonly EventKind[], want: Targets) {
  return {
    conversationProfile: { name, ...configsFor(kinds, want) },
    updateMask: { paths: kinds.map((kind) => MASKS[kind]) },
  };
}

/** The configs in the shape of a profile. */
export function configsFor(kinds: readonly EventKind[], want: Targets): Profile {
  const config = (kind: EventKind): NotificationConfig | undefined => {
    const target = kinds.includes(kind) ? want[kind] : undefined;
    return target && { topic: target.topic, messageFormat: 'JSON' };
  };
  const suggestions = config('human-agent-assistant-event');
  const messages = config('new-message-event');
  const lifecycle = config('conversation-lifecycle-event');
  const recognition = config('new-recognition-result-notification-event');
  return {
    ...(suggestions && { humanAgentAssistantConfig: { notificationConfig: suggestions } }),
    ...(messages && { newMessageEventNotificationConfig: messages }),
    ...(lifecycle && { notificationConfig: lifecycle }),
    ...(recognition && { newRecognitionResultNotificationConfig: recognition }),
  };
}

function kindsOf(targets: Targets): EventKind[] {
  return EVENT_KINDS.filter((kind) => targets[kind] !== undefined);
}
