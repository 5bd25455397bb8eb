// Bytes of HTTP to every route of the relay, on connections of their own.
import { connect } from 'node:net';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzz } from './fuzz.ts';
import { FuzzFixture } from './fuzz-fixture.ts';
import { VICTIM_ID } from './http-calls.ts';
import { LAST, type Sent, sent } from './http-requests.ts';
import { mutated } from './mutations.ts';

const fixture = new FuzzFixture(test);

/** How long bytes that are no whole request are waited with, in milliseconds, before this side ends. */
const PATIENCE_MS = 50;
/** Longer than anything takes but a long poll, which has nothing to answer with. */
const LIMIT_MS = 30_000;

/**
 * Sends bytes and resolves with all that came back until the other side closed. Nothing is taken from one that has ended
 * its own half: so what is granted is waited for.
 */
function exchange(port: number, bytes: string, isGranted: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let answer = '';
    const timers = [
      ...(isGranted ? [] : [setTimeout(() => socket.end(), PATIENCE_MS)]),
      setTimeout(() => socket.destroy(), LIMIT_MS),
    ];
    socket.setEncoding('latin1').on('data', (part) => {
      answer += part;
      if (!bytes.includes(LAST)) socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const timer of timers) clearTimeout(timer);
      resolve(answer);
    });
    socket.write(Buffer.from(bytes, 'utf8'));
  });
}

/** Puts tokens where their names are. */
function withTokens(given: string): string {
  const { tokens } = fixture.relay;
  const text = given.replaceAll('SUPERVISOR', () => fixture.token('test:supervisor', { role: 'supervisor' }));
  if (!text.includes('VICTIM') && !text.includes(VICTIM_ID))
    return text.replaceAll('TOKEN', fixture.agentToken());
  const victim = tokens.issue('test:victim', '').token;
  const verdict = tokens.verify(victim);
  const id = verdict.valid ? verdict.claims.tokenId : '';
  return text
    .replaceAll('VICTIM', victim)
    .replaceAll(VICTIM_ID, id)
    .replaceAll('TOKEN', fixture.agentToken());
}

function check(answer: string, { granted }: Sent): void {
  fixture.checkLog();
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
  for (const status of statuses) assert.ok(status < 500, String(status));
  // A caller's origin and the header names that it asks for come back by design, whatever they are.
  const own = answer.replace(/^access-control-allow-.*$/gim, '');
  assert.not.ok(fixture.isSecret(own), 'a secret came back');
  if (granted) assert.ok(granted.statuses.includes(statuses[0] ?? 0), `${statuses} to ${granted.route}`);
}

fuzz('any request to REST: no failure, no secret, and good ones are granted', {
  arbitrary: sent,
  async check(each) {
    const isGranted = each.granted !== undefined;
    check(await exchange(fixture.relay.port, withTokens(each.text), isGranted), each);
  },
  runs: 2_000,
  longRuns: 200_000,
  after: () => fixture.checkService(),
});

const SCRAPE = 'GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\nContent-Length: 2\r\n\r\n{}';
const scrapes = fc.oneof(
  mutated(fc.constant(SCRAPE)),
  fc
    .constantFrom('//', '*', '/metrics/', '/metrics?x', 'http://')
    .map((target) => SCRAPE.replace('/metrics', target)),
);
fuzz('any request to the port of the metrics: nothing fails', {
  arbitrary: fc.oneof(
    sent.map(({ text }) => text),
    scrapes,
  ),
  check: async (text) => check(await exchange(fixture.metricsServer.port, withTokens(text), false), { text }),
  runs: 100,
  longRuns: 20_000,
});

test.run();
