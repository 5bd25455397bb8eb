import type { EventKind } from '../../../shared/event.ts';
import { TOPICS } from '../../topics.ts';

/** A profile whose four notification configs name the stack's topics and, as they must, the format JSON. */
export function conversationProfile(name: string): Record<string, unknown> {
  const project = name.split('/')[1];
  const notify = (kind: EventKind) => ({
    topic: `projects/${project}/topics/${TOPICS[kind]}`,
    messageFormat: 'JSON',
  });
  return {
    name,
    displayName: 'Local demo',
    languageCode: 'en-US',
    humanAgentAssistantConfig: {
      notificationConfig: notify('human-agent-assistant-event'),
      humanAgentSuggestionConfig: {
        featureConfigs: ['SMART_REPLY', 'FAQ', 'ARTICLE_SUGGESTION', 'KNOWLEDGE_ASSIST'].map((type) => ({
          suggestionFeature: { type },
          enableEventBasedSuggestion: true,
        })),
      },
    },
    notificationConfig: notify('conversation-lifecycle-event'),
    newMessageEventNotificationConfig: notify('new-message-event'),
    newRecognitionResultNotificationConfig: notify('new-recognition-result-notification-event'),
  };
}
