// A child that holds desktops which lose their server, wait as socket.io-client does, and connect to another one.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** From the bench. */
export interface ReturningRequest {
  /** Where they connect at first, and where after their server is gone. */
  first: string;
  second: string;
  /** Whether a desktop is back only when an event has come that it missed. */
  awaitsEvent: boolean;
  desktops: readonly { token: string; conversation: string }[];
}

/** To the bench: all have joined; all are back, each so long after it lost its connection. */
export type ReturningMessage = { type: 'joined' } | { type: 'back'; tookMs: number[] };

const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0';
/** Connections that are being made at the same time, at first. */
const PARALLEL_CONNECTS = 25;
/** The pauses of socket.io-client's default settings: a second, and half of it more or less. */
const PAUSE_MS = { least: 500, most: 1_500 };

process.once('disconnect', () => process.exit(1));
process.on('message', async (request: ReturningRequest | 'exit') => {
  if (request === 'exit') process.exit(0);
  const { first, second, awaitsEvent, desktops } = request;
  const lost: Promise<number>[] = [];
  const rest = desktops.entries();
  await Promise.all(
    Array.from({ length: PARALLEL_CONNECTS }, async () => {
      for (const [index, desktop] of rest) {
        const closed = Promise.withResolvers<void>();
        await join(first, desktop, false, closed.resolve);
        lost[index] = closed.promise.then(async () => {
          const lostAt = performance.now();
          await comeBack(second, desktop, awaitsEvent);
          return performance.now() - lostAt;
        });
      }
    }),
  );
  tell({ type: 'joined' });
  tell({ type: 'back', tookMs: await Promise.all(lost) });
});

type ADesktop = ReturningRequest['desktops'][number];

async function comeBack(url: string, desktop: ADesktop, awaitsEvent: boolean): Promise<void> {
  for (;;) {
    await sleep(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
    try {
      await join(url, desktop, awaitsEvent, () => {});
      return;
    } catch {
      // Refused for now: the client waits, and tries again.
    }
  }
}

/** Resolves once the conversation is joined and, with `awaitsEvent`, an event of it has come. */
function join(url: string, desktop: ADesktop, awaitsEvent: boolean, onClosed: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { headers: { 'user-agent': USER_AGENT }, perMessageDeflate: false };
    const socket = new WebSocket(url, options);
    let [isJoined, hasEvent] = [false, !awaitsEvent];
    const look = () => isJoined && hasEvent && resolve();
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the connection ended'));
      onClosed();
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token: desktop.token })}`);
      else if (text === '2') socket.send('3');
      else if (text.startsWith('40'))
        socket.send(`420${JSON.stringify(['join-conversation', desktop.conversation])}`);
      else if (text.startsWith('430[true')) isJoined = true;
      else if (text.startsWith('42[')) hasEvent = true;
      look();
    });
  });
}

function tell(message: ReturningMessage): void {
  process.send?.(message);
}
