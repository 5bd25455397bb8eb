// A short life of a deployment with the real gcloud: made, found unchanged, taken away. The whole one is in gcloud.long.ts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newestVersion } from '../../../scripts/deploy/steps/secrets.ts';
import { TOKEN } from '../../helpers/fake-gcp/server.ts';
import { asObject } from '../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import {
  deploy,
  PROJECT,
  remains,
  SECRET_KEY,
  SMALLEST,
  teardown,
  toolsFor,
  withProject,
} from './gcloud-deployment.ts';

const ONE_TOPIC = {
  ...SMALLEST,
  CORS_ALLOWED_ORIGINS: 'https://a.example,https://b.example',
};

const STEPS = ['jwt-secret', 'relay', 'functions'];

withGcloud('gcloud makes, finds unchanged and removes all, with no secret in a line', () =>
  withProject(async (fake, root) => {
    const given = { env: ONE_TOPIC, steps: STEPS };
    const { outcome, calls } = await deploy(fake, root, given);
    assert.equal(fake.astray, []);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));
    assert.not.ok(calls.some((call) => call.includes(SECRET_KEY) || call.includes(TOKEN)));
    const sent = fake.requests.find(({ path }) => path.endsWith(':addVersion'));
    assert.is(asObject(sent?.body.payload).data, Buffer.from(SECRET_KEY).toString('base64'));

    const service = asObject(fake.state.resources.get('run:ui-connector'));
    const [container] = asObject(asObject(asObject(service.spec).template).spec).containers as unknown[];
    const env = asObject(container).env as unknown[];
    assert.ok(
      env.some((each) => asObject(each).value === 'https://a.example,https://b.example'),
      'a value with a comma arrives whole',
    );
    const functions = [...fake.state.resources.keys()].filter((key) => key.includes('/functions/'));
    assert.equal(functions, [
      `projects/${PROJECT}/locations/us-central1/functions/human-agent-assistant-event`,
    ]);

    const again = await deploy(fake, root, given);
    assert.equal(again.changed, []);

    const { removed, theirs, outcome: removal } = await teardown(fake, root, given);
    assert.is(removal.state, 'done', JSON.stringify(removal));
    assert.equal(theirs, []);
    assert.equal(removed, [
      'function human-agent-assistant-event, its trigger and its subscription',
      'service ui-connector',
      'secret aa-integration-jwt-secret',
    ]);
    assert.equal(remains(fake), []);
  }),
);

withGcloud('the newest enabled version of a secret is found behind a disabled one', () =>
  withProject(async (fake, root) => {
    const secret = `projects/${PROJECT}/secrets/some-secret`;
    fake.state.resources.set(secret, { name: secret });
    for (const [number, state] of [
      [1, 'ENABLED'],
      [2, 'ENABLED'],
      [3, 'DISABLED'],
    ] as const)
      fake.state.resources.set(`${secret}/versions/${number}`, {
        name: `${secret}/versions/${number}`,
        createTime: new Date(number * 1_000).toISOString(),
        state,
      });
    const { exec, signal } = toolsFor(fake, root);
    const { stdout } = await exec([...newestVersion('some-secret'), '--quiet'], { signal });
    assert.is(stdout.trim(), '2');
  }),
);

test.run();
