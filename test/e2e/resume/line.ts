import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../helpers/listen.ts';

export interface LineOptions {
  /** How long each direction takes, in milliseconds. */
  delayMs?: number;
}

/** The way of one desktop to the relays. Each connection goes to the next relay, as behind a load balancer. */
export interface Line {
  url: string;
  /** How many connections it has cut. */
  cuts(): number;
  /** Breaks every open connection, on both sides at once. */
  cut(): void;
  /** Breaks the next connections when the relay answers their CONNECT, and swallows the answers. */
  loseAnswers(count: number): void;
  /** Takes the pid from the answers to CONNECT, as if they came from a relay that gives none; or lets it pass again. */
  hidePid(isHidden: boolean): void;
  /** How many answers it has swallowed. */
  lostAnswers(): number;
  close(): Promise<void>;
}

/** How the relay's answer to CONNECT looks, in a frame or in the body of a poll. */
const CONNECT_ANSWER = '40{"sid"';

export async function openLine(ports: readonly number[], { delayMs = 0 }: LineOptions = {}): Promise<Line> {
  const open = new Set<Socket>();
  let made = 0;
  let cuts = 0;
  let toLose = 0;
  let lost = 0;
  let hidesPid = false;
  const server = createServer((client) => {
    const upstream = connect(ports[made++ % ports.length] ?? 0, '127.0.0.1');
    open.add(client);
    const end = () => {
      open.delete(client);
      client.destroy();
      upstream.destroy();
    };
    const pass = async (chunk: Buffer, to: Socket) => {
      if (delayMs > 0) await sleep(delayMs);
      if (!to.destroyed) to.write(chunk);
    };
    client.on('data', (chunk) => void pass(chunk, upstream));
    upstream.on('data', (chunk) => {
      if (!chunk.includes(CONNECT_ANSWER)) return void pass(chunk, client);
      if (hidesPid) chunk.write('"xxx"', chunk.indexOf('"pid"'));
      if (toLose === 0) return void pass(chunk, client);
      toLose--;
      lost++;
      end();
    });
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  });
  const port = await listen(server);
  const cut = () => {
    if (open.size > 0) cuts++;
    for (const client of open) client.destroy();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cuts: () => cuts,
    cut,
    loseAnswers: (count) => {
      toLose = count;
    },
    hidePid: (isHidden) => {
      hidesPid = isHidden;
    },
    lostAnswers: () => lost,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
