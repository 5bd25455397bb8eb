import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { functionSettings } from '../../functions/config.ts';
import { TOKEN_MESSAGES } from '../../relay/auth/jwt.ts';
import { AUTH_OPTIONS } from '../../relay/auth/providers.ts';
import { relaySettings } from '../../relay/config.ts';
import { VERSIONS } from '../../relay/dialogflow/routes.ts';
import { deploySettings } from '../../scripts/deploy/settings.ts';
import { CLOSE, mayReconnect } from '../../shared/close-codes.ts';
import type { Setting } from '../../shared/config.ts';
import { EVENT_FAULTS } from '../../shared/errors.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { SUBPROTOCOL, WIRE_ERRORS } from '../../shared/wire.ts';
import { makeInterim } from '../helpers/events.ts';
import { anchors, codeSpans, links, ROOT, readDoc, rowsUnder } from './markdown.ts';
import { relayRoutes } from './routes.ts';

const desktops = readDoc('docs/desktops.md');
const configuration = readDoc('docs/configuration.md');
const pages = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (path) => ['node_modules', 'dist', '.git'].includes(path),
}).sort();

const sorted = (values: Iterable<string>) => [...values].sort();
const firstCells = (text: string, head: string) => rowsUnder(text, head).map(([cell = '']) => cell);

const settings: Setting<unknown>[] = Object.values({ ...relaySettings, ...functionSettings });
const variables = new Map(settings.map((setting) => [setting.env, setting]));

/** A setting's default as the page writes it. */
function defaultOf(setting: Setting<unknown>): string {
  if (!('fallback' in setting)) return 'required';
  if (setting.fallback === undefined) return '';
  return typeof setting.fallback === 'boolean' ? (setting.fallback ? 'on' : 'off') : String(setting.fallback);
}

test('every environment variable is documented once, with its default, and no other is', () => {
  const documented = rowsUnder(configuration, 'variable').map(([name, value]) => `${name}=${value}`);
  assert.equal(
    sorted(documented),
    sorted([...variables.values()].map((setting) => `${setting.env}=${defaultOf(setting)}`)),
  );
});

test('each variable stands under those who read it', () => {
  const part = (heading: string) =>
    configuration.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const namesIn = (heading: string) => firstCells(part(heading), 'variable');
  const names = (table: Record<string, Setting<unknown>>) => Object.values(table).map(({ env }) => env);
  assert.equal(sorted([...namesIn('Both'), ...namesIn('Functions')]), sorted(names(functionSettings)));
  assert.equal(sorted([...namesIn('Both'), ...namesIn('Relay')]), sorted(names(relaySettings)));
});

test('every value of AUTH_OPTION is named', () => {
  const [row] = rowsUnder(configuration, 'variable').filter(([name]) => name === 'AUTH_OPTION');
  for (const option of AUTH_OPTIONS) assert.ok(row?.[2]?.includes(`\`${option}\``), option);
});

/** Settings and values of other systems. */
const NOT_OURS = new Set([
  ...Object.values(deploySettings).map(({ env }) => env),
  'PROXY_SERVER',
  'PROXY_URL',
  'CONVERSATION_FINISHED',
]);

test('no page names a variable that does not exist', () => {
  for (const page of pages) {
    for (const code of codeSpans(readDoc(page))) {
      const [, name] = /^([A-Z]+(?:_[A-Z]+)+)(?:=.*)?$/.exec(code) ?? [];
      if (name !== undefined) assert.ok(variables.has(name) || NOT_OURS.has(name), `${page}: ${name}`);
    }
  }
});

test('every route is documented once, and no page names another', async () => {
  const routes = await relayRoutes();
  assert.ok(routes.includes('POST /register'));
  assert.equal(sorted(firstCells(desktops, 'route')), sorted(routes));
  // The desktop's own page and its files are registered only where they are served.
  const known = new Set([...routes, 'GET /']);
  for (const page of pages) {
    const named = codeSpans(readDoc(page)).filter((code) => /^(?:GET|POST|PUT|PATCH|DELETE) [/…]/.test(code));
    for (const route of named) assert.ok(known.has(route), `${page}: ${route}`);
  }
  for (const version of VERSIONS) assert.ok(codeSpans(desktops).includes(version), version);
});

test('every message of a 401 is documented, and no other is', () => {
  assert.equal(sorted(firstCells(desktops, 'message of a `401`')), sorted(Object.values(TOKEN_MESSAGES)));
});

test('every kind of event and every field is documented, in their order, and no other is', () => {
  assert.equal(firstCells(desktops, 'kind'), [...EVENT_KINDS]);
  const { json } = makeInterim('projects/demo-project/conversations/c', { message: 'm' });
  assert.equal(firstCells(desktops, 'field'), [...Object.keys(JSON.parse(json)), 'cursor']);
});

test('every error code of the native protocol is documented, and no other is', () => {
  assert.equal(firstCells(desktops, 'error'), Object.keys(WIRE_ERRORS));
});

test('every close code is documented with its reason and whether to connect again, and no other of ours is', () => {
  const rows = rowsUnder(desktops, 'code').map(([code, reason, again]) => ({
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

test('every frame of the native protocol is documented with its fields, and no other is', () => {
  const source = readFileSync(join(ROOT, 'shared/wire.ts'), 'utf8');
  const [, client = '', server = ''] = source.split(/^export type (?:Client|Server)Frame =$/m);
  for (const [text, head] of [
    [client, 'to the relay'],
    [server, 'from the relay'],
  ] as const) {
    const frames = [...text.matchAll(/^ {2}\| \{ type: '([\w-]+)'(.*?) \}/gm)].map(
      ([, type = '', fields = '']) => [
        type,
        [...fields.matchAll(/; (\w+)\??:/g)].map((match) => match[1]).join(', '),
      ],
    );
    assert.ok(frames.length > 3);
    assert.equal(
      rowsUnder(desktops, head).map(([type, fields = '']) => [type, fields.replaceAll('`', '')]),
      frames,
    );
  }
  assert.ok(codeSpans(desktops).includes(SUBPROTOCOL));
});

test('every fault of a dropped message is documented, and no other is', () => {
  assert.equal(firstCells(configuration, 'fault'), [...EVENT_FAULTS]);
});

for (const page of pages) {
  test(`the links of ${page} lead somewhere`, () => {
    const text = readDoc(page);
    for (const link of links(text).filter((target) => !/^[a-z]+:/.test(target))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(ROOT, target)), `${link} is not there`);
      if (anchor !== undefined)
        assert.ok(anchors(readDoc(target)).includes(anchor), `${link} has no such heading`);
    }
  });
}

test.run();
