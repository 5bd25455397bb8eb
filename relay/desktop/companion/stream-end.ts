import { ApiError } from '../api/api-error.ts';
import { NoParticipantError } from '../api/no-participant.ts';
import { problemOf } from '../api/sentence-of.ts';
import { t } from '../strings/strings.ts';

/** What a stream ends with. Source: google.rpc.Code. */
const KEYS = {
  3: 'companion.end.3',
  7: 'companion.end.7',
  8: 'companion.end.8',
  13: 'companion.end.13',
  14: 'companion.end.14',
  16: 'companion.end.16',
} as const;

/** Why an answer has ended before its time, in words for the agent. */
export function streamEndSentence(error: unknown, now: number): string {
  if (error instanceof ApiError || error instanceof NoParticipantError) return problemOf(error, now).sentence;
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (name === 'StreamFailed' && typeof code === 'number') {
    const key = KEYS[code as keyof typeof KEYS];
    return key === undefined ? t('companion.end.other', { code }) : t(key);
  }
  // The client is closed: nobody is signed in any more.
  if (name === 'ClientError') return t('companion.end.16');
  return t('companion.end.13');
}
