// Functions with Direct VPC egress, with the real gcloud: made, found unchanged, tuned, taken away.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asObject } from '../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import { deploy, PROJECT, remains, SMALLEST, teardown, withProject } from './gcloud-deployment.ts';

const DIRECT = {
  FUNCTION_NETWORK: 'direct',
  ...SMALLEST,
};
const KIND = 'human-agent-assistant-event';

withGcloud('each function is a service for its trigger, found unchanged and removed', () =>
  withProject(async (fake, root) => {
    const given = { env: DIRECT, steps: ['topics', 'functions', 'subscriptions'] };
    const { outcome } = await deploy(fake, root, given);
    assert.equal(fake.astray, []);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));

    const service = asObject(fake.state.resources.get(`run:${KIND}`));
    const annotations = asObject(asObject(service.metadata).annotations);
    assert.is(annotations['run.googleapis.com/ingress'], 'internal');
    const template = asObject(asObject(service.spec).template);
    const network = asObject(asObject(template.metadata).annotations)[
      'run.googleapis.com/network-interfaces'
    ];
    assert.equal(JSON.parse(String(network)), [{ network: 'default', subnetwork: 'default' }]);
    const trigger = asObject(
      fake.state.resources.get(`projects/${PROJECT}/locations/us-central1/triggers/${KIND}`),
    );
    assert.is(trigger.serviceAccount, `cloud-run-pubsub-invoker@${PROJECT}.iam.gserviceaccount.com`);
    assert.equal(asObject(asObject(trigger.destination).cloudRun).service, KIND);
    const subscription = asObject(
      fake.state.resources.get(`projects/${PROJECT}/subscriptions/eventarc-${KIND}-sub`),
    );
    assert.equal(subscription.retryPolicy, { minimumBackoff: '1s', maximumBackoff: '60s' });

    assert.equal((await deploy(fake, root, given)).changed, []);

    const { outcome: removal, theirs } = await teardown(fake, root, given);
    assert.is(removal.state, 'done', JSON.stringify(removal));
    assert.equal(theirs, []);
    assert.equal(remains(fake), []);
  }),
);

test.run();
