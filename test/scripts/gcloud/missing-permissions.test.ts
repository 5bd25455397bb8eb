import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { missingPermissions } from '../../../scripts/gcloud/missing-permissions.ts';
import { grantAdvice, permissionsOf, roleFor } from '../../../scripts/gcloud/permission-roles.ts';
import { startFakeGcp } from '../../helpers/fake-gcp/server.ts';

const planOf = (env: Record<string, string> = {}) =>
  plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env }), {});

test('every permission of every plan has a role that can be granted', () => {
  for (const env of [{}, { FUNCTION_NETWORK: 'direct' }, { DEPLOY_FROM: 'image' }])
    for (const permission of permissionsOf(planOf(env))) assert.match(roleFor(permission), /^roles\//);
});

test('missing permissions are found, however many are asked for', async () => {
  const fake = await startFakeGcp();
  try {
    const endpoint = fake.env('/nowhere', 'my-project').CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER;
    const permissions = Array.from({ length: 250 }, (_, index) => `pubsub.topics.p${index}`);
    for (const index of [0, 99, 100, 249]) fake.state.denied.add(`pubsub.topics.p${index}`);
    const missing = await missingPermissions({
      projectId: 'my-project',
      permissions,
      accessToken: 't',
      endpoint,
    });
    assert.equal(
      missing,
      [0, 99, 100, 249].map((index) => `pubsub.topics.p${index}`),
    );
    assert.is(Math.max(...fake.requests.map(({ body }) => (body.permissions as unknown[]).length)), 100);
    fake.failNext(/testIamPermissions/, 403, 'PERMISSION_DENIED');
    await missingPermissions({ projectId: 'p', permissions, accessToken: 'secret-token', endpoint }).then(
      () => assert.unreachable('403 is no answer'),
      (error: Error) => {
        assert.match(error.message, '403 injected');
        assert.not.match(error.message, 'secret-token');
      },
    );
  } finally {
    await fake.close();
  }
});

test('a permission that Google does not know hides none that is missing', async () => {
  const fake = await startFakeGcp();
  try {
    const endpoint = fake.env('/nowhere', 'p').CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER;
    fake.state.denied.add('run.services.get');
    const permissions = ['a.b.c', 'no.such.permission', 'run.services.get', 'a.b.d', 'a.b.e'];
    assert.equal(await missingPermissions({ projectId: 'p', permissions, accessToken: 't', endpoint }), [
      'run.services.get',
    ]);
  } finally {
    await fake.close();
  }
});

test('the advice is one command for each role, for people and for service accounts', () => {
  const advice = grantAdvice(
    ['redis.instances.create', 'redis.instances.get', 'run.services.get'],
    'my-project',
    'me@example.com',
  );
  assert.equal(advice.split('\n').slice(1), [
    '# redis.instances.create, redis.instances.get',
    'gcloud projects add-iam-policy-binding my-project --member=user:me@example.com --role=roles/redis.admin --condition=None',
    '# run.services.get',
    'gcloud projects add-iam-policy-binding my-project --member=user:me@example.com --role=roles/run.admin --condition=None',
  ]);
  assert.match(
    grantAdvice(['run.services.get'], 'p', 'ci@p.iam.gserviceaccount.com'),
    'serviceAccount:ci@p.iam',
  );
});

test.run();
