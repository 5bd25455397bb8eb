// gcloud ends with 2 when it does not understand what it is called with, and sends nothing then. What it understands is
// sent to the fake, which need not know it.
import { rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createExec } from '../../scripts/gcloud/exec.ts';
import { startFakeGcp } from '../helpers/fake-gcp/server.ts';
import { withGcloud } from '../helpers/gcloud.ts';
import { makeRoot, PROJECT } from './deploy/gcloud-deployment.ts';
import { callsOf, printedScripts } from './printed-lines.ts';

const NOT_UNDERSTOOD = 2;
const AT_ONCE = 2;

/** Lines that differ in nothing but names and amounts are one line to gcloud's parser. */
function shapeOf(call: readonly string[]): string {
  return call
    .map((word) => word.replace(/^(--[\w-]+)=.*/s, '$1'))
    .filter((word) => /^(?:[a-z][a-z-]*|--.*)$/.test(word))
    .filter((word) => !/^(?:aa|my|ui|cloud)-|-event$|^--(?:account|project|quiet)$/.test(word))
    .join(' ');
}

withGcloud('gcloud understands every line that is printed or shown', async () => {
  const lines = new Map<string, { where: string; call: readonly string[] }>();
  const places = new Set<string>();
  for (const [where, script] of printedScripts()) {
    for (const call of callsOf(script)) {
      places.add(where);
      if (!lines.has(shapeOf(call))) lines.set(shapeOf(call), { where, call });
    }
  }
  for (const place of ['way back', 'migration', 'docs/deploy.md', 'restart after a revocation'])
    assert.ok(places.has(place), `${place} has lines`);

  const fake = await startFakeGcp();
  const root = makeRoot();
  const exec = createExec(root, fake.env(`${root}/gcloud`, PROJECT), 120_000);
  const refused: string[] = [];
  const waiting = [...lines.values()];
  const { signal } = new AbortController();
  try {
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { code, stderr } = await exec(['gcloud', ...next.call], { signal, stdin: 'value' });
        if (code === NOT_UNDERSTOOD || code === undefined)
          refused.push(`${next.where}: gcloud ${next.call.join(' ')}\n${stderr}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    assert.equal(refused, []);
  } finally {
    await fake.close();
    rmSync(root, { recursive: true });
  }
});

test.run();
