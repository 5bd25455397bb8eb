import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { functionSettings } from '../../functions/config.ts';
import { relaySettings } from '../../relay/config.ts';
import { FLAGS } from '../../relay/conversations/call-summary.ts';
import { STATUS_NAMES } from '../../relay/dialogflow/google-error.ts';
import { AUTH_OPTIONS } from '../../relay/providers/providers.ts';
import { deploySettings } from '../../scripts/deploy/settings/settings-table.ts';
import type { Setting } from '../../shared/config.ts';
import { EVENT_FAULTS } from '../../shared/errors.ts';
import { anchors, codeSpans, firstCells, links, pages, ROOT, readDoc, rowsUnder } from './markdown.ts';

const configuration = readDoc('docs/configuration.md');
const sorted = (values: Iterable<string>) => [...values].sort();

const settings: Setting<unknown>[] = Object.values({ ...relaySettings, ...functionSettings });
const variables = new Map(settings.map((setting) => [setting.env, setting]));

/** A setting's default as the page writes it. */
function defaultOf(setting: Setting<unknown>): string {
  if (!('fallback' in setting)) return 'required';
  if (setting.fallback === undefined) return '';
  if (typeof setting.fallback !== 'boolean') return String(setting.fallback);
  const means = (word: string) => v.safeParse(setting.schema, word).output === setting.fallback;
  return ['on', 'off', 'true', 'false'].find(means) ?? '';
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
const NOT_OURS = new Set<string>([
  ...Object.values(STATUS_NAMES),
  ...Object.values(deploySettings).map(({ env }) => env),
  'ADMIN_TOKEN',
  'PROXY_SERVER',
  'PROXY_URL',
  ...FLAGS,
  'CONVERSATION_FINISHED',
  'DTMF_ZERO',
  'HUMAN_ASSIST',
  'NO_COLOR',
  // Read by OpenTelemetry's exporter itself.
  'OTEL_EXPORTER_OTLP_COMPRESSION',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'PUBSUB_EMULATOR_HOST',
  // A constant of the code, and a file of the build.
  'STEP_KEYS',
  'THIRD_PARTY_NOTICES',
  'SPEECH_ACTIVITY_BEGIN',
  'SPEECH_ACTIVITY_END',
  'VIRTUAL_AGENT',
]);

test('no page names a variable that does not exist', () => {
  for (const page of pages) {
    for (const code of codeSpans(readDoc(page))) {
      const [, name] = /^([A-Z]+(?:_[A-Z]+)+)(?:=.*)?$/.exec(code) ?? [];
      if (name !== undefined) assert.ok(variables.has(name) || NOT_OURS.has(name), `${page}: ${name}`);
    }
  }
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
