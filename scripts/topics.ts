import type { EventKind } from '../shared/event.ts';

/** The topic of each event kind, by the names that Google's reference deployment gives them. */
export const TOPICS: Readonly<Record<EventKind, string>> = Object.freeze({
  'human-agent-assistant-event': 'aa-new-suggestion-topic',
  'new-message-event': 'aa-new-message-topic',
  'conversation-lifecycle-event': 'aa-conversation-event-topic',
  'new-recognition-result-notification-event': 'aa-intermediate-transcript-topic',
});

/** `projects/PROJECT/topics/TOPIC` */
export function topicName(project: string, kind: EventKind): string {
  return `projects/${project}/topics/${TOPICS[kind]}`;
}
