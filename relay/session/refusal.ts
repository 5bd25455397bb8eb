import { ConversationNameError } from '../../shared/errors.ts';
import type { WireErrorCode } from '../../shared/wire.ts';
import { AccessRefusedError } from '../access/access-policy.ts';
import { JoinRefusedError } from '../access/token-sessions.ts';
import { JoinRequestError } from './join-request.ts';

/** Errors whose message the desktop gets. */
export const REFUSALS = [ConversationNameError, JoinRequestError, JoinRefusedError, AccessRefusedError];

/** What the desktop gets for the relay's own errors. A later attempt may succeed. */
export const UNREADABLE = 'the conversation cannot be read right now: try again';

export interface Refusal {
  /** Of the native protocol. Socket.IO sends only the message. */
  code: WireErrorCode;
  /** Fit for the desktop. */
  message: string;
  /** False for an error of the relay's own, which belongs into the log. */
  isOfDesktop: boolean;
}

/** What a desktop is told of an error that its request ran into. */
export function refusalOf(error: unknown): Refusal {
  const isOfDesktop = REFUSALS.some((kind) => error instanceof kind);
  const message = isOfDesktop ? (error as Error).message : UNREADABLE;
  return { code: codeOf(error), message, isOfDesktop };
}

function codeOf(error: unknown): WireErrorCode {
  if (error instanceof JoinRequestError) return error.code;
  if (error instanceof ConversationNameError) return 'bad-conversation';
  if (error instanceof JoinRefusedError) return 'unauthenticated';
  if (error instanceof AccessRefusedError && !error.isTemporary) return 'not-allowed';
  return 'unavailable';
}
