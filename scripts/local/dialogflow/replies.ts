import type { SuggestionResult } from './types.ts';

const REPLIES = ['Let me check that for you.', 'Could you tell me a little more about that?'];

/** What the simulator suggests after any message that a customer types on a desktop. */
export function replySuggestions(latestMessage: string): SuggestionResult[] {
  return [{ suggestSmartRepliesResponse: smartReplies(latestMessage, latestMessage) }];
}

/** @param name of anything at the conversation's location. */
export function smartReplies(name: string, latestMessage: string | undefined) {
  const [location = ''] = name.split('/conversations/');
  return {
    ...(latestMessage === undefined ? {} : { latestMessage, contextSize: 1 }),
    smartReplyAnswers: REPLIES.map((reply, index) => ({
      reply,
      confidence: 0.8 - index / 10,
      answerRecord: `${location}/answerRecords/${crypto.randomUUID()}`,
    })),
  };
}
