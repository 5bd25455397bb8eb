import type { CloseReason } from '../../shared/close-codes.ts';
import type { Outgoing } from '../session/wait-for-drain.ts';

/** The connection of a native session: what it needs of a WebSocket. */
export interface NativeConnection extends Outgoing {
  /** Its token was accepted, the first one and each that renews it. */
  admitted(): void;
  send(data: string | Buffer): void;
  close(reason: CloseReason): void;
}
