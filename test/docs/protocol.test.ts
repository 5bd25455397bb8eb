// docs/protocol.md is held to the code: what the code can answer is documented, and nothing else is.
import { decode } from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REFUSALS, UNREADABLE } from '../../relay/access/refusal.ts';
import { STATUS_NAMES } from '../../relay/dialogflow/google-error.ts';
import { VERSIONS } from '../../relay/dialogflow/routes.ts';
import { TOKEN_MESSAGES } from '../../relay/identity/claims.ts';
import { signingKey } from '../../relay/identity/signing-key.ts';
import { createTokens } from '../../relay/identity/tokens.ts';
import { UPGRADE_ANSWERS } from '../../relay/refusals/refuse-upgrade.ts';
import { SESSION_LIMITS } from '../../relay/session/limits.ts';
import { ENGINE_REFUSALS } from '../../relay/socketio/door/engine-requests.ts';
import { CONNECT_REFUSALS } from '../../relay/socketio/door/judge-connects.ts';
import { CLOSE, mayReconnect } from '../../shared/close-codes.ts';
import { ConversationNameError, NAME_FAULTS } from '../../shared/errors.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { SUBPROTOCOL, WIRE_ERRORS } from '../../shared/wire.ts';
import { makeInterim } from '../helpers/events.ts';
import { codeSpans, firstCells, pages, readDoc, rowsUnder } from './markdown.ts';
import { relayRoutes } from './routes.ts';
import { callsOf, membersOf } from './source.ts';

const protocol = readDoc('docs/protocol.md');
const sorted = (values: Iterable<string>) => [...new Set(values)].sort();
/** Rows as lines, to compare. */
const lines = (rows: readonly (readonly (string | undefined)[])[]) =>
  sorted(rows.map((row) => row.join(' | ')));

test('every route is documented once, and no page names another', async () => {
  const routes = await relayRoutes();
  assert.ok(routes.includes('POST /register'));
  assert.equal(firstCells(protocol, 'route').sort(), routes.sort());
  // The desktop's own page is registered only where it is served, and metrics have a port of their own.
  const known = new Set([...routes, 'GET /', 'GET /metrics']);
  for (const page of pages) {
    const named = codeSpans(readDoc(page)).filter((code) => /^(?:GET|POST|PUT|PATCH|DELETE) [/…]/.test(code));
    for (const route of named) assert.ok(known.has(route), `${page}: ${route}`);
  }
  for (const version of VERSIONS) assert.ok(codeSpans(protocol).includes(version), version);
});

test('every claim of a token is documented, and no other is', () => {
  const keyRing = () => [signingKey('a key for tests, of more than 32 bytes')] as const;
  const token = createTokens({ projectId: 'p', lifetimeSeconds: 1, keyRing }).issue('subject', 'user', {
    role: 'agent',
    conversations: [],
  }).token;
  const documented = codeSpans(
    firstCells(protocol, 'claim')
      .map((cell) => withMarks(cell))
      .join(' '),
  );
  assert.equal(sorted(documented), sorted(Object.keys(decode(token) ?? {})));
});

/** A cell of one piece of code has lost its marks, one of several has not. */
const withMarks = (cell: string) => (cell.includes('`') ? cell : `\`${cell}\``);

test('every status and message of a REST route is documented, and no other is', () => {
  // Two messages stand in other tables, where the one of a status has an empty cell.
  const known = { 'TOKEN_MESSAGES[fault]': '', message: '', name: 'PARAMETER', max: 'MAX' };
  const [tooMany, own] = partition(callsOf('HttpError', { known }), ['429', '<error.message>']);
  assert.is(tooMany.length, 1);
  const limited = callsOf('RateLimitedError').map(([message]) => ['429', message]);
  const plain = callsOf('sendText').map(([, status, text]) => [status, text]);
  assert.ok(own.length > 10 && limited.length > 1 && plain.length > 2);
  assert.equal(
    lines(rowsUnder(protocol, 'status').map(([status, text]) => [status, text])),
    lines([
      ...own.map(([status, message]) => [status, message]),
      ...limited,
      ...plain.filter(([status]) => !status?.startsWith('2')),
    ]),
  );
});

type Call = readonly (string | undefined)[];

/** The calls whose arguments begin with these, and the others. */
function partition(calls: readonly Call[], beginning: Call): [Call[], Call[]] {
  const isSuch = (call: Call) => beginning.every((argument, index) => call[index] === argument);
  return [calls.filter(isSuch), calls.filter((call) => !isSuch(call))];
}

test('every message of a 401 is documented, and no other is', () => {
  assert.equal(sorted(firstCells(protocol, 'message of a `401`')), sorted(Object.values(TOKEN_MESSAGES)));
});

test('every error of the Dialogflow proxy is documented as Google writes it', () => {
  const refusals = callsOf('refused', { files: 'relay/dialogflow/*.ts' });
  // One is made of what `refused` returned.
  const [ofRefusals, errors] = partition(callsOf('ProxyError'), ['<match.status>', '<match.reason>']);
  assert.is(ofRefusals.length, 1);
  assert.ok(refusals.length > 2 && errors.length > 5);
  assert.equal(
    lines(rowsUnder(protocol, 'code').map(([code, status, message]) => [code, status, message])),
    lines(
      [...refusals, ...errors].map(([code, message]) => [
        code,
        new Map(Object.entries<string>(STATUS_NAMES)).get(code ?? ''),
        message,
      ]),
    ),
  );
});

test('every kind of event and every field is documented in order, and no other', () => {
  assert.equal(firstCells(protocol, 'kind'), [...EVENT_KINDS]);
  const { json } = makeInterim('projects/demo-project/conversations/c', { message: 'm' });
  assert.equal(firstCells(protocol, 'field'), [...Object.keys(JSON.parse(json)), 'cursor']);
});

test('every message that a Socket.IO desktop may send is documented, and no other is', () => {
  const names = messagesIn('FromDesktop');
  assert.ok(names.length > 1);
  assert.equal(sorted(firstCells(protocol, 'emitted')), sorted(names));
  for (const message of Object.values(CONNECT_REFUSALS))
    assert.ok(codeSpans(protocol).includes(message), message);
});

test('every other message to a Socket.IO desktop is documented, and no other', () => {
  const names = messagesIn('ToDesktop');
  assert.ok(names.length > 0);
  assert.equal(sorted(firstCells(protocol, 'sent')), sorted(names));
});

const messagesIn = (type: string) =>
  membersOf('relay/socketio/messages.ts', type).flatMap((members) => members.map(({ name }) => name));

test('every reason for which a join may be refused is documented, and no other is', () => {
  const known = { joinedMax: String(SESSION_LIMITS.joinedMax), expected: 'the cursor of an event' };
  const thrown = REFUSALS.map((kind) => kind.name)
    .filter((kind) => kind !== 'ConversationNameError')
    .flatMap((kind) => {
      const calls = callsOf(kind, { known });
      assert.ok(calls.length > 0, kind);
      return calls.map(([message = '']) => message);
    });
  const named = NAME_FAULTS.map((fault) => new ConversationNameError(fault).message);
  assert.equal(
    sorted(firstCells(protocol, 'reason').filter((reason) => reason !== '')),
    sorted([...thrown, ...named, UNREADABLE].filter((reason) => reason !== '')),
  );
});

test('every frame of the native protocol is documented with its fields', () => {
  for (const [type, head] of [
    ['ClientFrame', 'to the relay'],
    ['ServerFrame', 'from the relay'],
  ] as const) {
    const frames = membersOf('shared/wire.ts', type).map(([first, ...fields]) => {
      assert.is(first?.name, 'type');
      return [first?.value, fields.map(({ name }) => name).join(', ')];
    });
    assert.ok(frames.length > 3);
    assert.equal(
      rowsUnder(protocol, head).map(([name, fields = '']) => [name, fields.replaceAll('`', '')]),
      frames,
    );
  }
  assert.ok(codeSpans(protocol).includes(SUBPROTOCOL));
});

test('every error code of the native protocol is documented, and no other is', () => {
  assert.equal(firstCells(protocol, 'error'), Object.keys(WIRE_ERRORS));
});

test('every upgrade that is refused is documented with its message, and no other is', () => {
  const { origin, draining, version } = ENGINE_REFUSALS;
  const own = Object.values(UPGRADE_ANSWERS);
  assert.ok(own.length > 2);
  const refused = [...own, ...[origin, draining, version].map(({ status, message }) => [status, message])];
  assert.equal(
    lines(rowsUnder(protocol, 'upgrade').map(([status, message]) => [status, message])),
    lines(refused),
  );
});

test('every close code is documented with reason and reconnect, and no other', () => {
  const rows = rowsUnder(protocol, 'close code').map(([code, reason, again]) => ({
    code: Number(code),
    reason,
    again,
  }));
  for (const { code, again } of rows) assert.is(again, mayReconnect(code) ? 'yes' : 'no', String(code));
  assert.equal(
    rows.filter(({ code }) => code >= 4000).map(({ code, reason }) => ({ code, reason })),
    Object.values(CLOSE).map(({ code, reason }) => ({ code, reason })),
  );
});

test.run();
