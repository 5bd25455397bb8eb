import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';

export const ENGINE = '/socket.io/?EIO=4&transport=websocket';
/** What comes within this time after an answer belongs to it, in milliseconds. */
const QUIET_MS = 100;

/** Opens an Engine.IO connection and sends these packets; resolves with what came back until it ended or fell silent. */
export async function talk(
  fixture: RelayFixture,
  ...packets: string[]
): Promise<{ received: string[]; isClosed: boolean }> {
  const socket = new WebSocket(`ws://127.0.0.1:${fixture.relay.port}${ENGINE}`);
  fixture.defer(() => socket.terminate());
  const received: string[] = [];
  let isClosed = false;
  socket.on('message', (data) => received.push(String(data)));
  socket.on('close', () => {
    isClosed = true;
  });
  await until(() => received.length > 0);
  for (const packet of packets) socket.send(packet);
  await until(() => isClosed || received.length > 1);
  await sleep(QUIET_MS);
  return { received: received.slice(1), isClosed };
}
