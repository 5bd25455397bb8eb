import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from '../../../shared/wire.ts';
import type { TestRelay } from '../../helpers/relay.ts';

/** Attempts by what became of them. */
export type Tally = Map<string, number>;

const TICK_MS = 50;

/**
 * Attempts with bad tokens, so many a second for so long, on every way into the relay in turn, whether or not those
 * before have been answered. Resolves when all have.
 */
export async function attack(relay: TestRelay, perSecond: number, forMs: number): Promise<Tally> {
  const tally: Tally = new Map();
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let made = 0;
  const total = (forMs / 1000) * perSecond;
  while (made < total) {
    await sleep(TICK_MS);
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * perSecond);
    for (; made < due; made++) {
      const [name, attempt] = WAYS[made % WAYS.length] ?? WAYS[0];
      const done: Promise<void> = attempt(relay)
        .catch((error: unknown) => String(error))
        .then((outcome) => void tally.set(`${name} ${outcome}`, (tally.get(`${name} ${outcome}`) ?? 0) + 1))
        .finally(() => underWay.delete(done));
      underWay.add(done);
    }
  }
  await Promise.all(underWay);
  return tally;
}

type Way = [name: string, attempt: (relay: TestRelay) => Promise<string>];

const BAD = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

const WAYS: [Way, ...Way[]] = [
  [
    'register',
    async ({ url }) => {
      const answer = await fetch(`${url}/register`, {
        method: 'POST',
        headers: { authorization: 'stranger' },
      });
      await answer.text();
      return String(answer.status);
    },
  ],
  [
    'request',
    async ({ url }) => {
      const target = `${url}/conversation-name?conversationIntegrationKey=1`;
      const answer = await fetch(target, { headers: { authorization: BAD } });
      await answer.text();
      return String(answer.status);
    },
  ],
  [
    'native',
    async ({ url }) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, SUBPROTOCOL);
      socket.once('open', () => socket.send(JSON.stringify({ type: 'auth', token: BAD })));
      return new Promise((resolve, reject) => {
        socket.once('close', (code) => resolve(String(code))).on('error', reject);
      });
    },
  ],
  [
    'socket.io',
    async ({ url }) => {
      // By hand, because a Socket.IO client for each of 200 attempts a second is more work than all that they cause.
      const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      return new Promise((resolve, reject) => {
        socket.on('message', (data) => {
          const packet = String(data);
          if (packet.startsWith('0')) socket.send(`40${JSON.stringify({ token: BAD })}`);
          if (!packet.startsWith('44')) return;
          resolve(JSON.parse(packet.slice(2)).message);
          socket.terminate();
        });
        socket.once('close', (code) => resolve(`closed with ${code}`)).on('error', reject);
      });
    },
  ],
];
