import { callPageOf, type ListedCall } from '../../../relay/desktop/wall/listed-call.ts';

/** When the calls of these tests are listed. */
export const NOW = Date.parse('2026-11-30T10:00:00Z');

export interface Listed {
  id?: string;
  /** How long ago the call began, in seconds. */
  seconds?: number;
  /** How long ago its last event was, in seconds. */
  silence?: number;
  stage?: string;
  score?: number;
  flags?: string[];
  desktops?: number;
}

/** A call as the relay lists it. */
export function conversation({ id = 'a', seconds = 60, silence = 1, stage, score, ...rest }: Listed): object {
  const ago = (count: number) => new Date(NOW - count * 1_000).toISOString();
  return {
    name: `projects/p/locations/global/conversations/${id}`,
    startTime: ago(seconds),
    lastEventTime: ago(silence),
    desktops: 1,
    flags: [],
    ...(stage === undefined ? {} : { stage }),
    ...(score === undefined ? {} : { sentiment: { score, magnitude: Math.abs(score) } }),
    ...rest,
  };
}

/** A call as the page has read it. */
export function listedCall(listed: Listed): ListedCall {
  const [call] = callPageOf({ conversations: [conversation(listed)] }).calls;
  if (call === undefined) throw new Error('the call cannot be read');
  return call;
}
