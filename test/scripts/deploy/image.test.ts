// DEPLOY_FROM=image: its settings, its commands and its permissions. What gcloud makes of them is in gcloud-image.long.ts.
import { execFileSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { previewSettings } from '../../../scripts/cloud-build/settings.ts';
import { banner } from '../../../scripts/deploy/banner.ts';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { imageFault, parseImage } from '../../../scripts/deploy/settings/image-reference.ts';
import { shellScript } from '../../../scripts/gcloud/shell.ts';
import type { Plan } from '../../../scripts/gcloud/step.ts';
import { ConfigError } from '../../../shared/errors.ts';

const DIGESTS = { 'dist/relay': '1'.repeat(64), 'dist/relay-image': '2'.repeat(64) };
const SHA = `sha256:${'a'.repeat(64)}`;
const PATH = 'europe-west1-docker.pkg.dev/my-project/images/relay';

const settingsOf = (env: Record<string, string>) =>
  readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env });
const planOf = (env: Record<string, string>) => plan(settingsOf(env), DIGESTS);
const relayOf = ({ steps }: Plan) => {
  const step = steps.find(({ key }) => key === 'relay');
  if (step === undefined) throw new Error('no step relay');
  return step;
};
const linesOf = (whole: Plan) => relayOf(whole).tasks.map(({ change }) => change.argv.join(' '));
const deployLine = (whole: Plan) => linesOf(whole).find((line) => line.startsWith('gcloud run deploy')) ?? '';

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    settingsOf(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('an image is deployed with the flags of a deployment from source', () => {
  const flagsOf = (env: Record<string, string>) =>
    deployLine(planOf(env))
      .split(' ')
      .filter((flag) => !/^--(?:source|image|build-service-account)=/.test(flag));
  assert.equal(flagsOf({ DEPLOY_FROM: 'image' }), flagsOf({}));
  assert.match(deployLine(planOf({})), ' --source=dist/relay ');
});

test('an image is built into its repository by a tag that is a digest of the folder', () => {
  const whole = planOf({ DEPLOY_FROM: 'image', SERVICE_REGION: 'europe-west1', IMAGE_REPOSITORY: 'images' });
  const tag = `europe-west1-docker.pkg.dev/my-project/images/ui-connector:source-${'2'.repeat(32)}`;
  const lines = linesOf(whole);
  assert.match(lines[0] ?? '', 'artifacts repositories create images --location=europe-west1');
  assert.match(lines[1] ?? '', `gcloud builds submit dist/relay-image`);
  assert.match(lines[1] ?? '', `--substitutions=_IMAGE=${tag} --region=europe-west1`);
  const account =
    'projects/my-project/serviceAccounts/aa-integration-build@my-project.iam.gserviceaccount.com';
  assert.match(lines[1] ?? '', `--service-account=${account}`);
  assert.match(lines[2] ?? '', `--image=${tag.replace(/:.*/, '')}@{{RELAY_IMAGE_DIGEST}} `);
});

test('a script looks the digest up between the build and the deployment', () => {
  const script = shellScript({
    ...planOf({ DEPLOY_FROM: 'image' }),
    steps: [relayOf(planOf({ DEPLOY_FROM: 'image' }))],
  });
  const order = [
    'gcloud builds submit',
    'RELAY_IMAGE_DIGEST=$(gcloud artifacts docker tags list',
    'gcloud run deploy',
  ];
  const places = order.map((part) => script.indexOf(part));
  assert.equal(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.ok(
    places.every((place) => place >= 0),
    script,
  );
  execFileSync('bash', ['-n'], { input: script });
});

test('an image that exists is not built, and no repository is asked for', () => {
  const whole = planOf({ DEPLOY_FROM: 'image', RELAY_IMAGE: `${PATH.replace('my-project', 'other')}:v2` });
  assert.not.match(linesOf(whole).join('\n'), /gcloud (?:builds|artifacts)/);
  assert.match(deployLine(whole), '/other/images/relay@{{RELAY_IMAGE_DIGEST}} ');
  assert.match(
    whole.lookups.RELAY_IMAGE_DIGEST?.argv.join(' ') ?? '',
    '/other/images/relay --filter=tag.basename()=v2',
  );
  assert.not.match(relayOf(whole).permissions.join(), /artifactregistry\.(?!repositories\.get\b)|storage/);
});

test('an image of this project needs the right to read it', () => {
  const { permissions } = relayOf(planOf({ DEPLOY_FROM: 'image', RELAY_IMAGE: `${PATH}@${SHA}` }));
  assert.ok(permissions.includes('artifactregistry.repositories.downloadArtifacts'));
  assert.ok(permissions.includes('run.services.create'));
  assert.not.ok(permissions.includes('artifactregistry.tags.list'));
});

test('a digest is deployed as it is, and a tag beside it says nothing', () => {
  for (const given of [`${PATH}@${SHA}`, `${PATH}:v2@${SHA}`]) {
    const whole = planOf({ DEPLOY_FROM: 'image', RELAY_IMAGE: given });
    assert.match(deployLine(whole), ` --image=${PATH}@${SHA} `);
    assert.is(whole.lookups.RELAY_IMAGE_DIGEST, undefined);
  }
});

for (const [text, fault] of [
  ['europe-west1-docker.pkg.dev/p/r/relay', 'it names no version: add a tag or a digest'],
  ['https://europe-west1-docker.pkg.dev/p/r/relay:v1', 'without https://'],
  ['europe-west1-docker.pkg.dev/p/r/relay@sha256:12', 'sha256: and 64 hexadecimal digits'],
  ['gcr.io/p/relay:v1', 'Container Registry is shut down'],
  ['docker.io/library/node:24', 'it is no image of Artifact Registry'],
  ['europe-west1-docker.pkg.dev/p/relay:v1', 'it is no image of Artifact Registry'],
  ['europe-west1-docker.pkg.dev/p/r/relay/:v1', 'it is no image of Artifact Registry'],
  ['europe-west1-docker.pkg.dev/p/r/relay..x:v1', 'it is no image of Artifact Registry'],
] as const)
  test(`the image ${text} is refused`, () => {
    assert.match(imageFault(text) ?? '', fault);
  });

test('an image in folders and of a domain-scoped project is understood', () => {
  const image = parseImage('us-docker.pkg.dev/example.com/my-project/images/team/relay:v1.2');
  assert.equal(image, {
    name: 'us-docker.pkg.dev/example.com/my-project/images/team/relay',
    ...{ location: 'us', project: 'example.com:my-project', repository: 'images', image: 'team/relay' },
    tag: 'v1.2',
  });
});

test('settings that do not go together, or unknown values, have a remedy', () => {
  assert.match(
    faultsOf({ RELAY_IMAGE: `${PATH}:v1` }).join(),
    'set DEPLOY_FROM=image, or leave RELAY_IMAGE out',
  );
  assert.match(
    faultsOf({ DEPLOY_FROM: 'docker' }).join(),
    /DEPLOY_FROM is not valid: set it to source .* or image/,
  );
  assert.match(
    faultsOf({ DEPLOY_FROM: 'image', CONNECTOR_IMAGE_NAME: 'UI' }).join(),
    'CONNECTOR_IMAGE_NAME is not valid',
  );
});

test('the banner names the image and where it comes from', () => {
  const shown = (env: Record<string, string>) => {
    const inFile = { GCP_PROJECT_ID: 'my-project', ...env };
    return banner(settingsOf(env), { env: inFile, file: '.env', hasFile: true, inFile });
  };
  assert.match(
    shown({ DEPLOY_FROM: 'image' }),
    /^image +us-central1-docker\.pkg\.dev\/my-project\/agent-assist-relay\/ui-connector +\(DEPLOY_FROM in \.env\)$/m,
  );
  assert.match(
    shown({ DEPLOY_FROM: 'image', RELAY_IMAGE: `${PATH}:v1` }),
    /relay:v1 +\(RELAY_IMAGE in \.env\)$/m,
  );
  assert.not.match(shown({}), 'image');
});

test('a pull request deploys its own image, not one that the build names', () => {
  const built = { BUILD_PROJECT: 'main', PREVIEW_PROJECT: 'previews', PULL_REQUEST: '7' };
  const { RELAY_IMAGE, DEPLOY_FROM } = previewSettings({
    ...built,
    DEPLOY_FROM: 'image',
    RELAY_IMAGE: `${PATH}:v1`,
  });
  assert.equal([DEPLOY_FROM, RELAY_IMAGE], ['image', undefined]);
});

test.run();
