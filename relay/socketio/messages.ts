// What desktops and relay say to each other over Socket.IO beside the conversations' events.
import type { Server, Socket } from 'socket.io';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { ClientInfo } from '../access/client-info.ts';
import type { Claims } from '../identity/claims.ts';
import type { ConnectionAllowance } from '../rate-limits/agent-limiter.ts';
import type { Arrival } from '../session/resume/arrival.ts';

type Listener = (...parameters: unknown[]) => void;

type FromDesktop = {
  'join-conversation': Listener;
  'leave-conversation': Listener;
  'stream-request': Listener;
  'end-stream': Listener;
};
/** The conversations' events are written ready-made and never pass Socket.IO's `emit`. */
type ToDesktop = {
  'removed-from-conversation': (notice: { conversation_name: ShortName; reason: string }) => void;
  /** An offset alone. Clients keep it, and pages that do not listen to it notice nothing. */
  'resume-offset': (offset: string) => void;
};
type SocketData = { claims: Claims; client: ClientInfo; arrival: Arrival; allowance: ConnectionAllowance };

export type DesktopServer = Server<FromDesktop, ToDesktop, Record<never, never>, SocketData>;
export type DesktopSocket = Socket<FromDesktop, ToDesktop, Record<never, never>, SocketData>;
