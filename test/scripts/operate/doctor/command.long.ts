// The doctor's command line with the real gcloud, at a project in which nothing is.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../../docs/markdown.ts';
import { startFakeGcp, TOKEN } from '../../../helpers/fake-gcp/server.ts';
import { withGcloud } from '../../../helpers/gcloud.ts';
import { PROJECT, SMALLEST } from '../../deploy/gcloud-deployment.ts';

const SETTINGS = { GCP_PROJECT_ID: PROJECT, ...SMALLEST };

withGcloud('a deployment that ended early has a fault with a remedy for every step, as JSON', async () => {
  const fake = await startFakeGcp();
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const topic = `projects/${PROJECT}/topics/aa-dead-letter-topic`;
  fake.state.resources.set(topic, { name: topic });
  fake.state.apis.delete('redis.googleapis.com');
  try {
    const child = spawn(
      process.execPath,
      ['scripts/operate/doctor/main.ts', '--settings', '/dev/null', '--json', '--no-events'],
      { cwd: ROOT, env: { ...fake.env(folder, PROJECT), ...SETTINGS } },
    );
    let output = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaints += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    assert.is(code, 1, complaints);
    const findings: { check: string; state: string; remedy?: string }[] = JSON.parse(output);
    const faults = findings.filter(({ state }) => state === 'fault');
    const checks = new Set(faults.map(({ check }) => check));
    for (const step of [
      'apis',
      'accounts',
      'topics',
      'jwt-secret',
      'admin-token',
      'connector',
      'relay',
      'functions',
      'profile',
    ])
      assert.ok(checks.has(step), step);
    assert.ok(faults.every(({ remedy }) => remedy !== undefined && remedy !== ''));
    assert.not.match(output, TOKEN);
    assert.equal(
      fake.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith(':getIamPolicy')),
      [],
      'it changes nothing',
    );
  } finally {
    await fake.close();
    rmSync(folder, { recursive: true });
  }
});

test('a credential that is not where it is said to be ends it at once', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/operate/doctor/main.ts', '--settings', '/dev/null', '--credential-env', 'NOT_SET'],
    { cwd: ROOT, encoding: 'utf8', env: { ...SETTINGS, PATH: '' } },
  );
  assert.is(status, 2);
  assert.match(stderr, '--credential-env: no variable of that name is set');
});

test.run();
