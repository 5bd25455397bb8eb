// A child that has many desktops with Socket.IO's own client, each with one conversation, and notes when they join.
import { io, type Socket } from 'socket.io-client';

/** An agent's desktop. */
export interface SimulatedDesktop {
  token: string;
  conversation: string;
  /** Where it connects first. */
  relay: number;
}

/** From the check. `relays` says which relays there are from now on, by address; of one that has gone, ''. */
export type DesktopsRequest =
  | { type: 'start'; relays: string[]; desktops: SimulatedDesktop[]; parallel: number }
  | { type: 'relays'; relays: string[] }
  | { type: 'count' }
  | 'exit';

/** What the desktops have seen, times in milliseconds since 1970. */
export interface DesktopsReport {
  type: 'report';
  /** Events that came. */
  events: number;
  losses: number[];
  /** When desktops that had lost their connection joined again, and on which relay. */
  rejoins: number[];
  rejoinRelays: number[];
  joined: number;
}

export type DesktopsAnswer = { type: 'joined' } | DesktopsReport;

const EVENTS = [
  'new-message-event',
  'human-agent-assistant-event',
  'conversation-lifecycle-event',
  'new-recognition-result-notification-event',
];
const options = {
  transports: ['websocket'],
  forceNew: true,
  extraHeaders: { 'user-agent': 'Mozilla/5.0' },
  // Of a new client the default is the same.
  reconnectionDelay: 1_000,
  reconnectionDelayMax: 5_000,
  randomizationFactor: 0.5,
};

let relays: string[] = [];
let next = 0;
const seen = {
  events: 0,
  joined: 0,
  losses: [] as number[],
  rejoins: [] as number[],
  rejoinRelays: [] as number[],
};

process.on('message', async (request: DesktopsRequest) => {
  if (request === 'exit') process.exit(0);
  if (request.type === 'count') return tell({ type: 'report', ...seen });
  relays = request.relays;
  if (request.type === 'relays') return;
  const rest = request.desktops.values();
  await Promise.all(
    Array.from({ length: request.parallel }, async () => {
      for (const desktop of rest) await start(desktop);
    }),
  );
  tell({ type: 'joined' });
});
process.once('disconnect', () => process.exit(1));

function start({ token, conversation, relay }: SimulatedDesktop): Promise<void> {
  return new Promise((resolve) => {
    let at = relay;
    let wasJoined = false;
    const socket: Socket = io(relays[relay] ?? '', { ...options, auth: { token } });
    for (const name of EVENTS) socket.on(name, () => void seen.events++);
    socket.on('connect', () =>
      socket.emit('join-conversation', conversation, (isIn: boolean) => {
        if (!isIn) return;
        seen.joined++;
        if (wasJoined) {
          seen.rejoins.push(Date.now());
          seen.rejoinRelays.push(at);
        }
        wasJoined = true;
        resolve();
      }),
    );
    socket.on('disconnect', () => {
      seen.joined--;
      seen.losses.push(Date.now());
    });
    // Socket.IO's client gives up when the relay refuses it, and desktops then begin again.
    socket.on('connect_error', () => {
      if (!socket.active) setTimeout(() => socket.connect(), 1_000);
    });
    // In place of Cloud Run, which sends a new connection to any instance that is not being shut down.
    socket.io.on('reconnect_attempt', () => {
      do at = next++ % relays.length;
      while (relays[at] === '');
      Object.assign(socket.io, { uri: relays[at] });
    });
  });
}

function tell(message: DesktopsAnswer): void {
  process.send?.(message);
}
