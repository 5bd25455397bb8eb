import type { SuggestionResult } from './types.ts';

/** What may follow a reply that the agent has chosen. */
const FOLLOW_UPS = ['It takes a minute at most.', 'Is there anything else that I can do for you?'];
const REPLIES = ['Let me check that for you.', 'Could you tell me a little more about that?'];

/** What the simulator suggests after any message that a customer types on a desktop. */
export function replySuggestions(latestMessage: string): SuggestionResult[] {
  return [{ suggestSmartRepliesResponse: smartReplies(latestMessage, latestMessage) }];
}

/**
 * @param name of anything at the conversation's location.
 * @param isFollowUp whether the agent is about to send one of them already.
 */
export function smartReplies(name: string, latestMessage: string | undefined, isFollowUp = false) {
  const [location = ''] = name.split('/conversations/');
  return {
    ...(latestMessage === undefined ? {} : { latestMessage, contextSize: 1 }),
    smartReplyAnswers: (isFollowUp ? FOLLOW_UPS : REPLIES).map((reply, index) => ({
      reply,
      confidence: 0.8 - index / 10,
      answerRecord: `${location}/answerRecords/${crypto.randomUUID()}`,
    })),
  };
}
