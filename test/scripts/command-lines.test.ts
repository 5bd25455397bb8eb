// What the commands ask before they change a project, with the real gcloud. The teardown is in command-lines.long.ts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TOKEN } from '../helpers/fake-gcp/server.ts';
import { withGcloud } from '../helpers/gcloud.ts';
import { PROJECT, withProject } from './command-project.ts';

withGcloud('a deployment without a permission tells how to grant it, changes nothing', () =>
  withProject(async (go, fake) => {
    fake.state.denied.add('redis.instances.create');
    const { code, output } = await go('deploy', ['--only', 'redis']);
    assert.is(code, 1);
    assert.match(output, /lacks 1 permissions on demo-proj/);
    assert.match(
      output,
      /gcloud projects add-iam-policy-binding demo-proj --member=\S+ --role=roles\/redis\.admin/,
    );
    assert.not.match(output, TOKEN);
    assert.equal(
      fake.requests.map(({ path }) => path),
      [`v1/projects/${PROJECT}`, `v1/projects/${PROJECT}:testIamPermissions`],
    );
  }),
);

withGcloud('a deployment that fails at a step exits with 1, and tells which', () =>
  withProject(async (go, fake) => {
    fake.failNext(/^POST .*services:batchEnable/, 403, 'PERMISSION_DENIED');
    const args = ['--only', 'apis', '--skip-permission-check'];
    const { code, output } = await go('deploy', [...args, '--yes']);
    assert.is(code, 1);
    assert.match(output, /^apis: /m);
    assert.not.match(output, /^done in /m);
  }, true),
);

withGcloud('a deployment names its target, and makes nothing new without a yes', () =>
  withProject(async (go, fake) => {
    const { code, output } = await go('deploy', ['--only', 'apis', '--skip-permission-check'], 'yes\n');
    assert.is(code, 1);
    assert.match(output, /^project {2}demo-proj {4,}\(GCP_PROJECT_ID in the environment\)$/m);
    assert.match(output, /^region {3}us-central1 {2,}\(default of SERVICE_REGION\)$/m);
    assert.match(
      output,
      'This makes 15 APIs in project demo-proj, region us-central1, and what is missing after it. Go on?',
    );
    assert.match(output, 'There is no terminal to ask at: --yes answers.');
    assert.match(output, 'apis: 15 APIs: not made, and nothing after it');
    assert.not.ok(fake.requests.some(({ path }) => path.includes('batchEnable')));
  }, true),
);

withGcloud('a deployment asks before it grants the first role on a project', () =>
  withProject(async (go, fake) => {
    const { output } = await go('deploy', ['--only', 'accounts', '--skip-permission-check']);
    assert.match(output, "This makes Eventarc's service agent in project demo-proj, region us-central1");
    assert.not.ok(
      fake.requests.some(({ path }) => /setIamPolicy|generateServiceIdentity/.test(path)),
      output,
    );
  }),
);

withGcloud('a doctor of a project without a deployment says that, and nothing else', () =>
  withProject(async (go) => {
    const { code, output } = await go('operate/doctor', []);
    assert.is(code, 1);
    assert.match(output, /^FAULT deployment: nothing is deployed in project demo-proj, region us-central1/m);
    assert.match(output, '1 of 1 findings are faults');
  }),
);

test.run();
