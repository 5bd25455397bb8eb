import type { SuggestionResult } from './types.ts';

const REPLIES = ['Let me check that for you.', 'Could you tell me a little more about that?'];

/** What the simulator suggests after any message that a customer types on a desktop. */
export function replySuggestions(latestMessage: string): SuggestionResult[] {
  const [location = ''] = latestMessage.split('/conversations/');
  return [
    {
      suggestSmartRepliesResponse: {
        latestMessage,
        contextSize: 1,
        smartReplyAnswers: REPLIES.map((reply, index) => ({
          reply,
          confidence: 0.8 - index / 10,
          answerRecord: `${location}/answerRecords/${crypto.randomUUID()}`,
        })),
      },
    },
  ];
}
