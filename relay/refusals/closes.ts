import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import type { RefusalReason } from './reasons.ts';
import type { RefusalDetails, RefusalLog } from './refusals.ts';

/** Closes that refuse something that is not noted before. */
const REFUSING: ReadonlyMap<CloseReason, RefusalReason> = new Map<CloseReason, RefusalReason>([
  [CLOSE['auth-first'], 'auth-first'],
  [CLOSE['auth-timeout'], 'auth-timeout'],
  [CLOSE.flooded, 'limit-frames'],
  [CLOSE.revoked, 'token-revoked'],
]);

/** What counts the closes of connections. */
interface CloseMeter {
  closing(reason: CloseReason): void;
}

/** Counts that the relay closes a connection, and notes it where that refuses something. */
export function noteClose(
  { meter, refusals }: { meter?: CloseMeter | undefined; refusals: RefusalLog },
  close: CloseReason,
  details: RefusalDetails,
): void {
  meter?.closing(close);
  const reason = REFUSING.get(close);
  if (reason !== undefined)
    refusals.note(reason, { refused: 'connection', outcome: close.reason, ...details });
}

/** Why ws has ended a connection by itself; undefined for one that broke. */
export function webSocketRefusal(error: unknown): RefusalReason | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return 'frame-too-large';
  return code.startsWith('WS_ERR_') ? 'bad-websocket-frame' : undefined;
}
