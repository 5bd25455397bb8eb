// A child that holds many WebSocket connections and counts what comes on them: the viewers of an event. As desktops
// they speak as much Socket.IO (Engine.IO 4, Socket.IO 5) as it takes to join a conversation.
import { WebSocket } from 'ws';

/** From the bench. */
export interface Connect {
  url: string;
  /** For each connection the desktop that it is, or null when it is a plain WebSocket. */
  viewers: readonly (Desktop | null)[];
}

/** An agent with a token of its own, and what to join: at most ten conversations. */
export interface Desktop {
  token: string;
  conversations: readonly string[];
  /** The `User-Agent` header; a desktop that is no browser sends none. */
  userAgent?: string;
}

/** To the bench: all are connected (and have joined); so many events, on average, have come on each connection. */
export type ViewersMessage = { type: 'connected' } | { type: 'delivered'; events: number };

/** Connections that are being made at the same time. */
const PARALLEL_CONNECTS = 25;

const EVENT = '42';
const PING = '2';
const PONG = '3';
const OPEN = '0';
const CONNECTED = '40';
const JOINED = /^43\d\[true/;
/** How much of a message tells what it is, in bytes. */
const START_BYTES = '430[true'.length;

let connections = 0;
let deliveries = 0;

process.on('message', async (request: Connect | 'exit') => {
  if (request === 'exit') process.exit(0);
  const rest = request.viewers.values();
  await Promise.all(
    Array.from({ length: PARALLEL_CONNECTS }, async () => {
      for (const desktop of rest) await connect(request.url, desktop);
    }),
  );
  tell({ type: 'connected' });
});
process.once('disconnect', () => process.exit(1));

function connect(url: string, desktop: Desktop | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const { userAgent, conversations = [] } = desktop ?? {};
    const headers = userAgent === undefined ? {} : { 'user-agent': userAgent };
    const socket = new WebSocket(url, { headers, perMessageDeflate: false, skipUTF8Validation: true });
    let isReady = false;
    let joined = 0;
    const ready = () => {
      isReady = true;
      connections++;
      resolve();
    };
    socket.on('error', reject);
    socket.on('close', () => {
      if (isReady) throw new Error('a viewer lost its connection');
      reject(new Error('a viewer was refused'));
    });
    if (desktop === null) socket.once('open', ready);
    socket.on('message', (data: Buffer) => {
      const start = data.toString('latin1', 0, START_BYTES);
      if (start.startsWith(EVENT) && start[EVENT.length] === '[') return count();
      if (start.startsWith(OPEN)) socket.send(`${CONNECTED}${JSON.stringify({ token: desktop?.token })}`);
      else if (start === PING) socket.send(PONG);
      else if (start.startsWith(CONNECTED))
        for (const [id, name] of conversations.entries())
          socket.send(`42${id}${JSON.stringify(['join-conversation', name])}`);
      else if (JOINED.test(start)) {
        if (++joined === conversations.length) ready();
      } else reject(new Error(`a viewer got ${start}`));
    });
  });
}

function count(): void {
  deliveries++;
  if (deliveries % connections === 0) tell({ type: 'delivered', events: deliveries / connections });
}

function tell(message: ViewersMessage): void {
  process.send?.(message);
}
