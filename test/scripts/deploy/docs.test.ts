import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { deploySettings } from '../../../scripts/deploy/settings/settings-table.ts';
import type { Setting } from '../../../shared/config.ts';
import { ROOT, readDoc, rowsUnder } from '../../docs/markdown.ts';

const settings: Setting<unknown>[] = Object.values(deploySettings);
const defaultOf = (setting: Setting<unknown>) =>
  'fallback' in setting ? String(setting.fallback ?? '') : 'required';
const page = readDoc('docs/deploy.md');
const sample = readFileSync(`${ROOT}.env.sample`, 'utf8');

test('every setting is on the page with its default, and no other is', () => {
  assert.equal(
    rowsUnder(page, 'variable')
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
    settings.map((setting) => `${setting.env}=${defaultOf(setting)}`).sort(),
  );
});

test('every step is on the page, in order', () => {
  const { steps } = plan(readDeploySettings(parseEnv(sample)), {});
  assert.equal(
    rowsUnder(page, 'step').map(([key]) => key),
    steps.map(({ key }) => key),
  );
});

test('the sample names every setting with its default', () => {
  const shown = parseEnv(sample.replaceAll(/^#([A-Z_]+=)/gm, '$1'));
  for (const setting of settings) {
    const expected = 'fallback' in setting ? defaultOf(setting) : 'my-project';
    assert.is(shown[setting.env], expected, setting.env);
  }
});

test.run();
