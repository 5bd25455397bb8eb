// What Google refuses, with the real gcloud: a deployment waits where that helps, and otherwise says what does.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grant, haveSteps, revoke } from '../../helpers/fake-gcp/established.ts';
import { agentOf } from '../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import { type Deployment, deploy, PROJECT, planFor, SMALLEST, withProject } from './gcloud-deployment.ts';

const MINUTE = 60_000;

const message = ({ outcome }: Deployment) => ('message' in outcome ? outcome.message : '');

function assertDone({ outcome }: Deployment): void {
  assert.is(outcome.state, 'done', JSON.stringify(outcome));
}

function assertFails(deployment: Deployment, sentence: RegExp): void {
  assert.is(deployment.outcome.state, 'failed', JSON.stringify(deployment.outcome));
  assert.match(message(deployment), sentence);
}

withGcloud('an API that is off is waited for, and then named', () =>
  withProject(async (fake, root) => {
    fake.state.apis.delete('secretmanager.googleapis.com');
    const refused = await deploy(fake, root, { env: SMALLEST, steps: ['jwt-secret'] });
    assertFails(refused, /An API is off, or was enabled a moment ago/);
    assert.ok(refused.waited >= 2 * MINUTE, `${refused.waited} ms`);
  }),
);

withGcloud('in a new project the service agents are made before they get their roles', () =>
  withProject(
    async (fake, root) => {
      const given = { env: SMALLEST, steps: ['apis', 'accounts'] };
      fake.state.accountDelay = 2;
      const first = await deploy(fake, root, given);
      assertDone(first);
      assert.ok(first.waited > 0, 'a new account is waited for');
      for (const service of ['eventarc', 'pubsub', 'dialogflow'])
        assert.ok(
          fake.state.hasRole(
            `projects/${PROJECT}`,
            `roles/${service}.serviceAgent`,
            `serviceAccount:${agentOf(service)}`,
          ),
          service,
        );
      assert.equal((await deploy(fake, root, given)).changed, []);
    },
    { isNew: true },
  ),
);

withGcloud('a function starts with an account that Google does not know everywhere yet', () =>
  withProject(async (fake, root) => {
    fake.state.accountDelay = 2;
    const steps = ['accounts', 'topics', 'functions'];
    const made = await deploy(fake, root, { env: SMALLEST, steps });
    assertDone(made);
    const refused = fake.requests.filter(({ api, status }) => api === 'cloudfunctions' && status === 403);
    assert.is(refused.length, 2);
  }),
);

withGcloud('a region that does not exist is named', () =>
  withProject(async (fake, root) => {
    const env = { SERVICE_REGION: 'us-central9' };
    assertFails(await deploy(fake, root, { env, steps: ['redis'] }), /Google has no region us-central9, or/);
  }),
);

withGcloud('where allUsers is forbidden the way without it is named, and works', () =>
  withProject(async (fake, root) => {
    fake.state.forbidsAllUsers = true;
    const given = { env: SMALLEST, steps: ['jwt-secret', 'relay'] };
    assertFails(await deploy(fake, root, given), /set RELAY_INVOCATION=no-invoker-iam-check/);
    const env = { ...SMALLEST, RELAY_INVOCATION: 'no-invoker-iam-check' };
    const made = await deploy(fake, root, { ...given, env });
    assertDone(made);
    assert.equal(made.changed, ['service ui-connector with Redis at 10.1.2.3']);
    assert.equal((await deploy(fake, root, { ...given, env })).changed, []);
  }),
);

for (const step of ['relay', 'functions'])
  withGcloud(`${step}: a build account without its role is named`, () =>
    withProject(async (fake, root) => {
      const given = { env: SMALLEST, steps: [step] };
      const { settings } = planFor(given);
      haveSteps(fake.state, settings, given.steps);
      revoke(fake.state, PROJECT, 'roles/run.builder');
      assertFails(await deploy(fake, root, given), /lacks roles\/run\.builder/);
      grant(fake.state, PROJECT, 'roles/run.builder', settings.buildAccount.email);
      assertDone(await deploy(fake, root, given));
    }),
  );

for (const network of ['connector', 'direct'])
  withGcloud(`${network}: the first trigger waits until Eventarc has its rights`, () =>
    withProject(async (fake, root) => {
      const given = { env: { ...SMALLEST, FUNCTION_NETWORK: network }, steps: ['functions'] };
      fake.state.eventarcDelay = 3;
      const made = await deploy(fake, root, given);
      assertDone(made);
      assert.is(made.waited, MINUTE);
    }),
  );

withGcloud("Eventarc's agent without a role is named after five minutes", () =>
  withProject(async (fake, root) => {
    fake.state.eventarcDelay = Number.POSITIVE_INFINITY;
    const refused = await deploy(fake, root, { env: SMALLEST, steps: ['functions'] });
    assertFails(refused, /grants roles\/eventarc\.serviceAgent/);
    assert.is(refused.waited, 5 * MINUTE);
  }),
);

withGcloud('a quota that is too small for the instances is named with the number that fits', () =>
  withProject(async (fake, root) => {
    fake.state.cpuQuota = 10_000;
    const refused = await deploy(fake, root, { env: SMALLEST, steps: ['relay'] });
    assertFails(refused, /set RELAY_MAX_INSTANCES and FUNCTION_MAX_INSTANCES to at most 9,/);
    assertDone(
      await deploy(fake, root, { env: { ...SMALLEST, RELAY_MAX_INSTANCES: '9' }, steps: ['relay'] }),
    );
  }),
);

test.run();
