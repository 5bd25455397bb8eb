// A rolling deployment that changes settings: for a while relays with different ones stand behind one address, and desktops
// go from one to the other.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSigningKey } from '../../../relay/identity/rotation/key-source.ts';
import { createTokens, type Tokens } from '../../../relay/identity/tokens.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { openFrontDoor } from '../../helpers/front-door.ts';
import { NativeDesktop } from '../../helpers/native-desktop.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';
import { CLIENT_KINDS, knowsCursors, openDesktop } from './desktops.ts';
import { formatTable, makeRow } from './ledger.ts';

/** What each relay of the deployment has, one after the other. */
const DEPLOYED = [
  { HISTORY_SIZE: '1000', SOCKET_IO_OFFSETS: 'browsers', LOG_LEVEL: 'info' },
  { HISTORY_SIZE: '10', SOCKET_IO_OFFSETS: 'off', LOG_LEVEL: 'error' },
  { HISTORY_SIZE: '0', SOCKET_IO_OFFSETS: 'all', LOG_LEVEL: 'debug' },
  { HISTORY_SIZE: '100000', SOCKET_IO_OFFSETS: 'browsers', LOG_LEVEL: 'warn' },
];
/** How often all desktops are cut while the relays before and after a step are both there. */
const CUTS = 20;

const fixture = redisFixture(test);
let program: RelayProgram;

test.before(async () => {
  program = await buildRelay(fixture);
});

function newKeyFile(): string {
  const file = join(fixture.directory(), 'key');
  writeFileSync(file, randomBytes(48).toString('base64'));
  return file;
}

async function tokensOf(keyFile: string): Promise<Tokens> {
  const key = await readSigningKey(keyFile);
  return createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 3_600, keyRing: () => [key] });
}

const start = (env: Record<string, string>) =>
  program.start({ ...fixture.server.env, AUTH_OPTION: 'Skip', ...env });

test('desktops lose nothing while relays with other settings replace the old ones', async () => {
  const JWT_SECRET_KEY_PATH = newKeyFile();
  const tokens = await tokensOf(JWT_SECRET_KEY_PATH);
  const [first, ...later] = DEPLOYED;
  let relay: RelayProcess = await start({ JWT_SECRET_KEY_PATH, ...first });
  const door = fixture.keep(await openFrontDoor([relay.port]));
  const conversation = uniqueConversation();
  const desktops = new Map(
    CLIENT_KINDS.map((kind) => {
      // One token for good, by which an old client is known.
      const { token } = tokens.issue(`test:${kind}`, '');
      return [kind, fixture.keep(openDesktop(kind, door.port, () => token, [conversation]))];
    }),
  );
  const all = [...desktops.values()];
  const ids: string[] = [];
  const publish = async (count: number) => ids.push(...(await fixture.publishAll(conversation, count)));
  const isComplete = () =>
    all.every(({ ledgers }) => ledgers.every(({ places }) => places.size >= ids.length));
  await until(() => all.every((desktop) => desktop.isSettled()));
  await publish(20);
  for (const settings of later) {
    const next = await start({ JWT_SECRET_KEY_PATH, ...settings });
    door.setTargets([relay.port, next.port]);
    for (let cut = 0; cut < CUTS; cut++) {
      const publishing = publish(20);
      door.cutAll();
      await publishing;
      await sleep(300);
    }
    door.setTargets([next.port]);
    await Promise.all([relay.stop(), publish(20)]);
    relay = next;
    await until(isComplete).catch(() => {});
  }
  await sleep(500); // for what should not come
  const published = new Map([[conversation, ids]]);
  const rows = [...desktops].map(([kind, { ledgers }]) => ({
    kind,
    row: makeRow('other settings', kind, published, ledgers),
  }));
  console.log(`\n${formatTable(rows.map(({ row }) => row))}\n`);
  for (const { kind, row } of rows) {
    assert.is(row.lost, 0, `${kind}: lost`);
    assert.is(row.skipped, 0, `${kind}: skipped`);
    assert.match(row.told, /^0\//, `${kind}: told`);
    if (knowsCursors(kind)) assert.is(row.repeated, 0, `${kind}: repeated`);
  }
});

/** What becomes of a token on a relay, on each way in. */
async function verdictsOn({ url }: RelayProcess, token: string): Promise<string[]> {
  const headers = { authorization: token };
  const rest = await fetch(`${url}/conversation-name?conversationIntegrationKey=key`, { headers });
  const socketIo = await fixture
    .keep(new TestDesktop(url, token))
    .connected()
    .then(
      () => 'connected',
      (error: Error) => error.message,
    );
  const native = await fixture.keep(new NativeDesktop(url)).opened();
  native.send({ type: 'auth', token });
  const answer = await Promise.race([
    until(() => native.of('ready').length > 0).then(() => 'ready'),
    native.closed.then(([code]) => String(code)),
  ]);
  return [rest.status === 401 ? '401' : 'passed', socketIo, answer];
}

const IN = ['passed', 'connected', 'ready'];
/** 4004 asks the desktop to come back with another token: it may be an old one, and is not taken for a forged one. */
const OUT = ['401', 'authentication failed', '4004'];

test('a relay refuses a token of an unknown key plainly', async () => {
  const keyFile = newKeyFile();
  const old = await start({ JWT_SECRET_KEY_PATH: keyFile });
  const oldToken = (await tokensOf(keyFile)).issue('test:ann', '').token;
  assert.equal(await verdictsOn(old, oldToken), IN);
  writeFileSync(keyFile, randomBytes(48).toString('base64'));
  const next = await start({ JWT_SECRET_KEY_PATH: keyFile });
  const newToken = (await tokensOf(keyFile)).issue('test:ann', '').token;
  assert.equal(await verdictsOn(next, newToken), IN);
  assert.equal(
    await verdictsOn(old, newToken),
    IN,
    'the relay from before the rotation reads the file again',
  );
  assert.equal(await verdictsOn(old, oldToken), IN, 'and still knows the old key');
  assert.equal(await verdictsOn(next, oldToken), OUT, 'a file holds one key');
  const audited = () => next.output().match(/"audit":"refuse"/g)?.length === OUT.length;
  await until(audited, 30_000, 'each refusal is audited');
  for (const token of [oldToken, newToken]) assert.not.ok(`${old.output()}${next.output()}`.includes(token));
});

test('a desktop that registers again loses nothing between relays with other keys', async () => {
  const [one, other] = [
    await start({ JWT_SECRET_KEY_PATH: newKeyFile() }),
    await start({ JWT_SECRET_KEY_PATH: newKeyFile() }),
  ];
  const door = fixture.keep(await openFrontDoor([one.port]));
  const conversation = uniqueConversation();
  const register = async () => {
    const response = await fetch(`http://127.0.0.1:${door.port}/register`, {
      method: 'POST',
      headers: { connection: 'close' },
    });
    return ((await response.json()) as { token: string }).token;
  };
  const desktop = fixture.keep(new TestDesktop(`http://127.0.0.1:${door.port}`, await register()));
  let refusals = 0;
  desktop.socket.on('connect', () => {
    void desktop.join(conversation);
  });
  desktop.socket.on('connect_error', () => {
    if (desktop.socket.active) return; // it tries again by itself
    refusals++;
    void register().then((token) => {
      desktop.socket.auth = { token };
      desktop.socket.connect();
    });
  });
  await desktop.connected();
  const ids = await fixture.publishAll(conversation, 10);
  await until(() => desktop.events.length >= 10);
  for (const port of [other.port, one.port]) {
    door.setTargets([port]);
    door.cutAll();
    ids.push(...(await fixture.publishAll(conversation, 10)));
    await until(() => new Set(desktop.messageIds()).size === ids.length);
  }
  assert.equal([...new Set(desktop.messageIds())], ids);
  assert.is(refusals, 2);
});

test.run();
