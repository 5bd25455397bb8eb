import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step, Task } from '../../../../scripts/gcloud/step.ts';
import type { Finding } from '../../../../scripts/operate/doctor/finding.ts';
import { checkPlan } from '../../../../scripts/operate/doctor/plan-check.ts';

const task = (title: string): Task => ({ title, reads: [], isDone: () => true, change: { argv: [] } });
const step = (key: string): Step => ({ key, title: key, needs: [], permissions: [], tasks: [task(key)] });

test('each step is told before the next one is looked at, and drift is a note', async () => {
  const order: string[] = [];
  const found: Finding[] = [];
  const runner = {
    differences: async ({ title }: Task) => {
      order.push(`looked at ${title}`);
      return title === 'topics' ? ['is missing'] : [];
    },
    drift: async ({ title }: Task) => (title === 'redis' ? ['is of tier BASIC'] : []),
  };
  for await (const finding of checkPlan({ steps: ['apis', 'topics', 'redis'].map(step) }, runner)) {
    order.push(`told ${finding.check}`);
    found.push(finding);
  }
  assert.equal(
    order,
    ['apis', 'topics', 'redis'].flatMap((key) => [`looked at ${key}`, `told ${key}`]),
  );
  assert.equal(
    found.map(({ state, detail }) => [state, detail]),
    [
      ['ok', 'all 1 as they should be'],
      ['fault', 'topics is missing'],
      ['note', 'redis is of tier BASIC'],
    ],
  );
});

test.run();
