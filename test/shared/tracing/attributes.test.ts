import * as stable from '@opentelemetry/semantic-conventions';
import * as incubating from '@opentelemetry/semantic-conventions/incubating';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INCUBATING, OWN, STABLE } from '../../../shared/tracing/attributes.ts';

const namesIn = (module: object) =>
  Object.entries(module).flatMap(([name, value]) => (name.startsWith('ATTR_') ? [String(value)] : []));

test('the names that are pinned as stable are stable in the package', () => {
  const names = namesIn(stable);
  for (const name of Object.values(STABLE)) assert.ok(names.includes(name), name);
});

test('the other names of OpenTelemetry are in the package, and not stable yet', () => {
  const [names, inPackage] = [namesIn(stable), namesIn(incubating)];
  for (const name of Object.values(INCUBATING)) {
    assert.ok(inPackage.includes(name), name);
    assert.not.ok(names.includes(name), `${name} is stable now: move it`);
  }
});

test('the names of our own collide with none of OpenTelemetry', () => {
  const inPackage = namesIn(incubating);
  for (const name of Object.values(OWN)) {
    assert.match(name, /^agent_assist\./);
    assert.not.ok(inPackage.includes(name), name);
  }
});

test.run();
