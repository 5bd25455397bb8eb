// The relay as a container image, with the real gcloud: built once, deployed by digest, and taken away with its repository.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../../scripts/operate/doctor/diagnose.ts';
import { push } from '../../helpers/fake-gcp/image-routes.ts';
import type { FakeGcp } from '../../helpers/fake-gcp/server.ts';
import { asObject } from '../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import { deploy, PROJECT, planFor, SMALLEST, teardown, toolsFor, withProject } from './gcloud-deployment.ts';

const ENV = { ...SMALLEST, DEPLOY_FROM: 'image' };
const STEPS = ['jwt-secret', 'relay'];
const IMAGE = `us-central1-docker.pkg.dev/${PROJECT}/agent-assist-relay/ui-connector`;
/** As the changes are told. */
const SERVICE = 'service ui-connector with Redis at 10.1.2.3';
const REPOSITORY = `projects/${PROJECT}/locations/us-central1/repositories/agent-assist-relay`;

const builds = ({ requests }: FakeGcp) =>
  requests.filter(
    ({ method, api, path }) => method === 'POST' && api === 'cloudbuild' && path.endsWith('/builds'),
  );

function imageOf({ state }: FakeGcp): string {
  const service = asObject(state.resources.get('run:ui-connector'));
  const [container] = asObject(asObject(asObject(service.spec).template).spec).containers as unknown[];
  return String(asObject(container).image);
}

const digestOf = ({ state }: FakeGcp, tag: string) =>
  String(asObject(state.resources.get(`${REPOSITORY}/packages/ui-connector/tags/${tag}`)).version).replace(
    /^.*\//,
    '',
  );

withGcloud('an image is built once, deployed by digest and removed with its repository', () =>
  withProject(async (fake, root) => {
    const given = { env: ENV, steps: STEPS, digests: { 'dist/relay-image': 'a'.repeat(64) } };
    const tag = `source-${'a'.repeat(32)}`;
    const first = await deploy(fake, root, given);
    assert.equal(fake.astray, []);
    assert.is(first.outcome.state, 'done', JSON.stringify(first.outcome));
    for (const made of ['repository agent-assist-relay', `image ${IMAGE}:${tag}`, SERVICE])
      assert.ok(first.changed.includes(made), first.changed.join('\n'));
    assert.is(builds(fake).length, 1);
    assert.equal(asObject(builds(fake)[0]?.body.options), { logging: 'CLOUD_LOGGING_ONLY' });
    assert.match(String(builds(fake)[0]?.body.serviceAccount), '/aa-integration-build@');
    assert.match(builds(fake)[0]?.path ?? '', '/locations/us-central1/');
    assert.is(imageOf(fake), `${IMAGE}@${digestOf(fake, tag)}`);

    assert.equal((await deploy(fake, root, given)).changed, []);

    const other = { ...given, digests: { 'dist/relay-image': 'b'.repeat(64) } };
    const next = await deploy(fake, root, other);
    const newTag = `source-${'b'.repeat(32)}`;
    assert.equal(next.changed, [`image ${IMAGE}:${newTag}`, SERVICE]);
    assert.is(imageOf(fake), `${IMAGE}@${digestOf(fake, newTag)}`);
    assert.is(builds(fake).length, 2);

    const back = await deploy(fake, root, given);
    assert.equal(back.changed, [SERVICE], 'what was built once is not built again');

    const faults = await faultsOf(fake, root, other);
    assert.equal(faults, [`${SERVICE} was deployed from another build or with other settings than these`]);

    const { outcome, theirs, removed } = await teardown(fake, root, given);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));
    assert.equal(theirs, []);
    assert.ok(
      removed.indexOf('service ui-connector') <
        removed.indexOf('repository agent-assist-relay and its images'),
    );
    assert.equal(
      [...fake.state.resources.keys()].filter((key) => key.startsWith(REPOSITORY)),
      [],
    );
  }),
);

withGcloud("an image of others is deployed by its tag's digest, its repository stays", () =>
  withProject(async (fake, root) => {
    const repository = 'projects/build-proj/locations/europe-west1/repositories/images';
    const reference = 'europe-west1-docker.pkg.dev/build-proj/images/relay:v2';
    fake.state.resources.set(repository, { name: repository, format: 'DOCKER' });
    push(reference, fake.state);
    const given = { env: { ...ENV, RELAY_IMAGE: reference }, steps: STEPS };
    const { outcome, changed } = await deploy(fake, root, given);
    assert.equal(fake.astray, []);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));
    assert.not.ok(
      changed.some((title) => /^(?:repository|image) /.test(title)),
      changed.join('\n'),
    );
    const first = imageOf(fake);
    assert.match(first, /^europe-west1-docker\.pkg\.dev\/build-proj\/images\/relay@sha256:[0-9a-f]{64}$/);
    assert.equal((await deploy(fake, root, given)).changed, []);

    push(reference, fake.state);
    assert.equal((await deploy(fake, root, given)).changed, [SERVICE], 'the tag has moved');
    assert.is.not(imageOf(fake), first);
    assert.is(builds(fake).length, 0);

    await teardown(fake, root, given);
    assert.ok(fake.state.resources.has(repository));
  }),
);

withGcloud('a tag that no image has is said before anything is deployed', () =>
  withProject(async (fake, root) => {
    fake.state.resources.set(REPOSITORY, { name: REPOSITORY, format: 'DOCKER' });
    push(`${IMAGE}:v1`, fake.state);
    const given = { env: { ...ENV, RELAY_IMAGE: `${IMAGE}:v2` }, steps: STEPS };
    const { outcome } = await deploy(fake, root, given);
    assert.is(outcome.state, 'failed');
    assert.match(JSON.stringify(outcome), 'no image has the tag v2: set RELAY_IMAGE to one that is there');
    assert.not.ok(fake.state.resources.has('run:ui-connector'));
  }),
);

/** What the doctor finds wrong in the step of the relay, and not with the relay itself, which does not run here. */
async function faultsOf(
  fake: FakeGcp,
  root: string,
  given: Parameters<typeof planFor>[0],
): Promise<string[]> {
  const whole = planFor(given);
  const faults: string[] = [];
  asObject(asObject(fake.state.resources.get('run:ui-connector')).status).url = 'http://127.0.0.1:1';
  const found = diagnose({
    settings: whole.settings,
    plan: whole,
    tools: toolsFor(fake, root),
    withEvents: false,
    patienceMs: 0,
  });
  for await (const { check, state, detail } of found)
    if (state === 'fault' && check === 'relay') faults.push(detail);
  return faults;
}

test.run();
