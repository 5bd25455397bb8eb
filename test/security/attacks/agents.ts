// A process of its own in which one agent attacks a relay over many connections, each with a fresh token, until the
// process is killed. A connection that the relay refuses or ends is opened again.
//
// Usage: node agents.ts ATTACK PORT CONNECTIONS
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { NativeDesktop } from '../../helpers/native-desktop.ts';
import { agentToken } from './agent-token.ts';

/** Connections that are opened again, a second. No client connects again by itself where it was refused. */
const AGAIN_PER_SECOND = 100;
const RENEWALS = 400;
const { joinedMax, joinRate } = SESSION_LIMITS;
const names = Array.from(
  { length: joinedMax },
  (_, index) => `projects/demo-project/conversations/a${index}`,
);

/** Attacks over one connection; resolves when it has ended. */
type Attack = (url: string) => Promise<unknown>;

/** Joins all conversations, and renews the token as fast as the limit on frames allows. */
async function renew(url: string): Promise<unknown> {
  const desktop = openNative(url);
  await desktop.ready(agentToken());
  await Promise.all(names.map((name) => desktop.join(name)));
  const token = agentToken();
  const timer = setInterval(() => desktop.send({ type: 'auth', token }), 25);
  for (let count = 0; count < RENEWALS; count++) desktop.send({ type: 'auth', token });
  return desktop.closed.finally(() => clearInterval(timer));
}

/** Leaves and joins conversations again, as fast as the limit on joins allows. */
async function rejoin(url: string): Promise<unknown> {
  const desktop = openNative(url);
  await desktop.ready(agentToken());
  let id = 0;
  const join = (conversation: string) => desktop.send({ type: 'join', id: id++, conversation, after: '0' });
  const leave = (conversation: string) => desktop.send({ type: 'leave', id: id++, conversation });
  return again(desktop.closed, join, leave);
}

const rejoinBy =
  (transport: 'websocket' | 'polling'): Attack =>
  async (url) => {
    const socket = io(url, {
      transports: [transport],
      auth: { token: agentToken() },
      forceNew: true,
      reconnection: false,
    });
    const closed = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
    const refused = new Promise<void>((resolve) => socket.once('connect_error', () => resolve()));
    const connected = new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)));
    if (!(await Promise.race([connected, refused]))) return;
    const [join, leave] = ['join-conversation', 'leave-conversation'].map(
      (event) => (name: string) => socket.emit(event, name, () => {}),
    );
    if (join && leave) await again(closed, join, leave);
  };

async function again(
  closed: Promise<unknown>,
  join: (conversation: string) => void,
  leave: (conversation: string) => void,
): Promise<unknown> {
  for (let round = 0; round < joinRate.burst / joinedMax; round++) {
    names.forEach(leave);
    names.forEach(join);
  }
  let index = 0;
  const timer = setInterval(() => {
    const name = names[index++ % names.length] ?? '';
    leave(name);
    join(name);
  }, 1_000 / joinRate.perSecond);
  return closed.finally(() => clearInterval(timer));
}

function openNative(url: string): NativeDesktop {
  const desktop = new NativeDesktop(url);
  desktop.socket.on('error', () => {});
  return desktop;
}

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'renewals of a token': renew,
  'joins over Socket.IO': rejoinBy('websocket'),
  'joins over long polling': rejoinBy('polling'),
  'joins over the native protocol': rejoin,
};

const [name = '', port, connections] = process.argv.slice(2);
const attack = ATTACKS[name];
if (attack === undefined) throw new Error(`no attack is called ${name}`);
async function attackAgain(run: Attack): Promise<never> {
  for (;;) {
    await run(`http://127.0.0.1:${port}`).catch(() => {});
    await sleep((Number(connections) / AGAIN_PER_SECOND) * 1_000 * (0.5 + Math.random()));
  }
}
for (let index = 0; index < Number(connections); index++) void attackAgain(attack);
