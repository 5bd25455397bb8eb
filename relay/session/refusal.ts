import { ConversationNameError } from '../../shared/errors.ts';
import type { WireErrorCode } from '../../shared/wire.ts';
import { AccessRefusedError } from '../access/access-policy.ts';
import { JoinRefusedError } from '../access/token-sessions.ts';
import { JoinRequestError } from './join-request.ts';

/** The code that the native protocol has for what a desktop is refused on Socket.IO, which tells it the reason only. */
export function refusalCode(error: unknown): WireErrorCode {
  if (error instanceof JoinRequestError) return error.code;
  if (error instanceof ConversationNameError) return 'bad-conversation';
  if (error instanceof JoinRefusedError) return 'unauthenticated';
  if (error instanceof AccessRefusedError && !error.isTemporary) return 'not-allowed';
  return 'unavailable';
}
