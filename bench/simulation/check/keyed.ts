// Commands by the key that they are for, so that each node's are known.
import { createHash } from 'node:crypto';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys, INDEX_KEYS, joinedKey, pagesKey, REVOCATIONS_KEY } from '../../../shared/keys.ts';
import type { CallShape } from '../call.ts';
import {
  appendsOfCall,
  type Commands,
  JOIN_NOTE,
  joinOfConversation,
  NOTES_OF_CALL,
  PAGE_COUNT,
  REVOCATION_CHECKS,
  times,
} from '../commands.ts';
import type { IssuedToken } from './fixture.ts';

export interface Keyed {
  key: string;
  commands: Commands;
}

export interface PlannedDesktop extends IssuedToken {
  conversation: ShortName;
  relay: number;
  /** Whether it is the first on its relay that joins the conversation. */
  isFirst: boolean;
}

/** As the desktops of the check say. */
export const USER_AGENT = 'Mozilla/5.0';

/** The name of all pages with a token and a `User-Agent`, see `relay/session/resume/arrival.ts`. */
const twinsOf = (tokenId: string) =>
  createHash('sha256').update(`${tokenId}\n${USER_AGENT}`).digest('base64url');

const placeOf = (conversation: ShortName) => conversationKeys(conversation).meta;

export function joinsOf(desktops: readonly PlannedDesktop[]): Keyed[] {
  return desktops.flatMap(({ conversation, tokenId, isFirst }) => [
    { key: REVOCATIONS_KEY, commands: REVOCATION_CHECKS },
    { key: joinedKey(tokenId), commands: JOIN_NOTE },
    { key: pagesKey(twinsOf(tokenId)), commands: PAGE_COUNT },
    {
      key: placeOf(conversation),
      commands: joinOfConversation({ isBack: false, isFirst, entries: undefined }),
    },
  ]);
}

/** Of desktops that have all events of their conversation. */
export function rejoinsOf(desktops: readonly PlannedDesktop[]): Keyed[] {
  return desktops.flatMap(({ conversation, tokenId }) => [
    { key: REVOCATIONS_KEY, commands: REVOCATION_CHECKS },
    { key: joinedKey(tokenId), commands: JOIN_NOTE },
    { key: placeOf(conversation), commands: joinOfConversation({ isBack: true, isFirst: true, entries: 0 }) },
  ]);
}

export function callsOf(conversations: readonly ShortName[], call: CallShape): Keyed[] {
  return [
    ...conversations.map((conversation) => ({ key: placeOf(conversation), commands: appendsOfCall(call) })),
    { key: INDEX_KEYS.started, commands: times(NOTES_OF_CALL, conversations.length) },
  ];
}

/** What relays do by the clock, over some seconds. */
export function clockwork(relays: number, seconds: number): Keyed[] {
  return [{ key: REVOCATIONS_KEY, commands: { hget: 2 * relays * seconds } }];
}

/** The commands of each node. */
export function byNode(
  keyed: readonly Keyed[],
  nodes: number,
  nodeOf: (key: string) => number,
): Record<string, number>[] {
  const sums: Record<string, number>[] = Array.from({ length: nodes }, () => ({}));
  for (const { key, commands } of keyed) {
    const sum = sums[nodeOf(key)];
    if (sum === undefined) continue;
    for (const [name, calls] of Object.entries(commands)) sum[name] = (sum[name] ?? 0) + calls;
  }
  return sums;
}
