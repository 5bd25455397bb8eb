import { createAnswerRecords } from './answer-records.ts';
import { conversationProfile } from './profile.ts';
import { on, PARENT, type Route } from './route.ts';

const CREATED = '2026-01-01T00:00:00Z';

/** Resources that desktops read: whichever they ask for is there. Feedback on answers is kept. */
export function resourceRoutes(): Route[] {
  const answerRecords = createAnswerRecords();
  const named = (name: string) => ({ name, displayName: 'Local demo' });
  return [
    on('GET', `${PARENT}/conversationProfiles/[^/:]+`, '', (name) => conversationProfile(name)),
    on('GET', `${PARENT}/conversationModels/[^/:]+`, '', (name) => ({
      ...named(name),
      createTime: CREATED,
      state: 'DEPLOYED',
      languageCode: 'en-US',
    })),
    on('GET', `${PARENT}/conversationModels/[^/:]+`, '/evaluations', () => ({})),
    on('GET', `${PARENT}/conversationModels/[^/:]+/evaluations/[^/:]+`, '', (name) => ({
      ...named(name),
      createTime: CREATED,
    })),
    on('GET', `${PARENT}/generators/[^/:]+`, '', (name) => ({
      name,
      description: 'Local demo',
      freeFormContext: { text: 'Write the next message of the agent.' },
      triggerEvent: 'MANUAL_CALL',
      createTime: CREATED,
      updateTime: CREATED,
    })),
    on('GET', `${PARENT}/generators/[^/:]+`, '/evaluations', () => ({})),
    on('GET', `${PARENT}/generators/[^/:]+/evaluations/[^/:]+`, '', (name) => ({
      ...named(name),
      createTime: CREATED,
    })),
    on('GET', `${PARENT}/answerRecords/[^/:]+`, '', (name) => answerRecords.get(name)),
    on('PATCH', `${PARENT}/answerRecords/[^/:]+`, '', (name, { body, query }) =>
      answerRecords.patch(name, body, query.get('updateMask') ?? query.get('update_mask')),
    ),
    on('GET', `${PARENT}/companionAgents/[^/:]+`, '', named),
    on('GET', `${PARENT}/companionAgentWorkflows/[^/:]+`, '', named),
  ];
}
