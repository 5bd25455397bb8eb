import type { CloseReason } from '../../shared/close-codes.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Claims } from '../identity/claims.ts';

/** A connection, as the enforcement of revocations sees it. */
export interface Revocable {
  /** Of its present token. None before its first. */
  readonly claims: Claims | undefined;
  /** What it has joined, and what it is joining. */
  readonly subscriptions: ReadonlyMap<ShortName, unknown>;
  /** Resolves when it has ended, and has written whatever it leaves in Redis. */
  readonly ended: Promise<void>;
  /** The keys in Redis that remember where the desktop was in a conversation. */
  storedKeys(conversation: ShortName): readonly string[];
  close(reason: CloseReason): void;
}
