import { ConversationNameError } from '../../shared/errors.ts';
import type { WireErrorCode } from '../../shared/wire.ts';
import { JoinRequestError } from '../refusals/join-request-error.ts';
import type { RefusalReason } from '../refusals/reasons.ts';
import { AccessRefusedError } from './access-policy.ts';
import { JoinRefusedError } from './token-sessions.ts';

/** Errors whose message the desktop gets. */
export const REFUSALS = [ConversationNameError, JoinRequestError, JoinRefusedError, AccessRefusedError];

/** What the desktop gets for the relay's own errors. A later attempt may succeed. */
export const UNREADABLE = 'the conversation cannot be read right now: try again';

export interface Refusal {
  /** Of the native protocol. Socket.IO sends only the message. */
  code: WireErrorCode;
  reason: RefusalReason;
  /** Fit for the desktop. */
  message: string;
  /** An error of the relay's own, which belongs into the log. */
  err: unknown;
}

/** What a desktop is told of an error that its request ran into. */
export function refusalOf(error: unknown): Refusal {
  const isOfDesktop = REFUSALS.some((kind) => error instanceof kind);
  const message = isOfDesktop ? (error as Error).message : UNREADABLE;
  return { code: codeOf(error), reason: reasonOf(error), message, err: isOfDesktop ? undefined : error };
}

/** Why a request about a conversation was refused. */
export function reasonOf(error: unknown): RefusalReason {
  if (error instanceof AccessRefusedError || error instanceof JoinRefusedError) return error.reason;
  if (error instanceof JoinRequestError) return error.reason;
  if (!(error instanceof ConversationNameError)) return 'unavailable';
  return error.fault === 'other-project' ? 'other-project' : 'bad-conversation';
}

function codeOf(error: unknown): WireErrorCode {
  if (error instanceof JoinRequestError) return error.code;
  if (error instanceof ConversationNameError) return 'bad-conversation';
  if (error instanceof JoinRefusedError) return 'unauthenticated';
  if (error instanceof AccessRefusedError && !error.isTemporary) return 'not-allowed';
  return 'unavailable';
}
