// What a teardown asks before it removes something, with the real gcloud.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withGcloud } from '../helpers/gcloud.ts';
import { PROJECT, withProject } from './command-project.ts';

const REDIS = `projects/${PROJECT}/locations/us-central1/instances/aa-integration-redis`;

withGcloud('a teardown removes nothing without a yes or a permission, nor in a dry run', () =>
  withProject(async (go, fake) => {
    const labels = { 'made-by': 'agent-assist-relay' };
    fake.state.resources.set(REDIS, { name: REDIS, state: 'READY', labels });
    const refused = await go('operate/teardown', ['--only', 'redis', '--data'], 'no\n');
    assert.is(refused.code, 1);
    assert.match(refused.output, 'nothing was removed');
    assert.ok(fake.state.resources.has(REDIS));
    const unanswered = await go('operate/teardown', ['--only', 'redis', '--data']);
    assert.is(unanswered.code, 1);
    assert.match(unanswered.output, 'nothing was removed');
    const shown = await go('operate/teardown', ['--only', 'redis', '--data', '--dry-run', '--yes']);
    assert.is(shown.code, 0);
    assert.match(shown.output, /^gcloud redis instances delete /m);
    assert.ok(fake.state.resources.has(REDIS));
    fake.state.denied.add('redis.instances.delete');
    const lacking = await go('operate/teardown', ['--only', 'redis', '--data', '--yes']);
    assert.is(lacking.code, 1);
    assert.match(lacking.output, /--role=roles\/redis\.admin/);
    assert.ok(fake.state.resources.has(REDIS));
    fake.state.denied.clear();
    const removed = await go('operate/teardown', ['--only', 'redis', '--data', '--yes']);
    assert.is(removed.code, 0);
    assert.match(removed.output, 'done: 1 removed');
    assert.not.ok(fake.state.resources.has(REDIS));
  }),
);

test.run();
