import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { referenceFaults, stillNeededMs } from '../../../../scripts/deploy/migrate/check.ts';
import { readMigration } from '../../../../scripts/deploy/migrate/settings.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import type { Exec } from '../../../../scripts/gcloud/exec.ts';

const { env, reference } = readMigration({ GCP_PROJECT_ID: 'my-project' });
const settings = readDeploySettings(env);
const NOW = Date.parse('2026-11-24T12:00:00Z');

/** A gcloud that answers every question with one of these, by a word of it. */
const eyes = (answers: Record<string, unknown>) => {
  const exec: Exec = async (argv) => {
    const found = Object.entries(answers).find(([word]) => argv.includes(word));
    return { code: 0, stdout: JSON.stringify(found?.[1] ?? {}), stderr: '' };
  };
  return { exec, signal: new AbortController().signal };
};
const readyAt = (time: string) => ({
  services: { status: { conditions: [{ type: 'Ready', lastTransitionTime: time }] } },
});

test('old subscriptions are needed for 65 minutes after the relay was deployed', async () => {
  const at = (time: string) => stillNeededMs(settings, eyes(readyAt(time)), NOW);
  assert.is(await at('2026-11-24T12:00:00Z'), 65 * 60_000);
  assert.is(await at('2026-11-24T10:56:00Z'), 60_000);
  assert.is(await at('2026-11-24T10:50:00Z'), 0);
  assert.is(await at('unknown'), 65 * 60_000, 'what is not known is not over');
});

test('a Redis in another network, or with a password or TLS, is a fault', async () => {
  const of = (redis: object) =>
    referenceFaults(settings, reference, eyes({ instances: { authorizedNetwork: 'a/default', ...redis } }));
  assert.equal(await of({ authEnabled: false, transitEncryptionMode: 'DISABLED' }), []);
  assert.equal(await of({ authorizedNetwork: 'projects/p/global/networks/calls' }), [
    'aa-integration-redis is in the network calls: set VPC_NETWORK to it',
  ]);
  for (const secured of [{ authEnabled: true }, { transitEncryptionMode: 'SERVER_AUTHENTICATION' }])
    assert.equal(await of(secured), [
      'aa-integration-redis has a password or TLS: leave --migrate out, and deploy over it',
    ]);
});

test('a look that fails is no answer', async () => {
  const exec: Exec = async () => ({ code: 1, stdout: '', stderr: 'ERROR: PERMISSION_DENIED' });
  const looking = referenceFaults(settings, reference, { exec, signal: new AbortController().signal });
  await looking.then(
    () => assert.unreachable('it is an error'),
    (error: Error) => assert.match(error.message, 'PERMISSION_DENIED'),
  );
});

test.run();
