import { createServer, type IncomingMessage, request } from 'node:http';
import type { Fixture } from './fixture.ts';

/** An HTTP server in between that knows which requests are open. */
export interface CountingProxy {
  url: string;
  /** The paths of the requests whose answer has neither ended nor been given up. */
  open(): string[];
}

/** @param target the origin to which every request goes. */
export async function startCountingProxy(fixture: Fixture, target: string): Promise<CountingProxy> {
  const open = new Set<IncomingMessage>();
  const server = createServer((incoming, outgoing) => {
    open.add(incoming);
    const { method = 'GET', url = '/', headers } = incoming;
    const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('error', () => {});
    outgoing.once('close', () => {
      open.delete(incoming);
      forwarded.destroy();
    });
    incoming.pipe(forwarded);
  });
  const url = `http://127.0.0.1:${await fixture.listen(server)}`;
  return { url, open: () => [...open].map(({ url: path = '' }) => path) };
}
