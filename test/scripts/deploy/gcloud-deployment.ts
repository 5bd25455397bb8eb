// Runs the deployment with the real gcloud on a stand-in for Google's APIs.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { plan } from '../../../scripts/deploy/plan.ts';
import { type DeploySettings, readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { createExec } from '../../../scripts/gcloud/exec.ts';
import { type Outcome, run } from '../../../scripts/gcloud/run.ts';
import type { Plan } from '../../../scripts/gcloud/step.ts';
import type { Tools } from '../../../scripts/gcloud/tools.ts';
import { choose, survey, takeAway } from '../../../scripts/operate/teardown/teardown.ts';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { ROOT } from '../../docs/markdown.ts';
import { haveSteps } from '../../helpers/fake-gcp/established.ts';
import { type FakeGcp, startFakeGcp } from '../../helpers/fake-gcp/server.ts';

export const PROJECT = 'demo-proj';
export const SECRET_KEY = 'ab'.repeat(32);

/** Settings of the smallest deployment: one function, and a Redis that exists. */
export const SMALLEST = {
  REDIS_HOST: '10.1.2.3',
  REDIS_SECURITY: 'plain',
  NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
};

/** A folder like the repository's root after a build, as far as gcloud looks at it. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'deploy-'));
  for (const folder of ['dist/relay', ...EVENT_KINDS.map((kind) => `dist/functions/${kind}`)]) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), '{"name":"x","main":"index.mjs"}');
    writeFileSync(join(root, folder, 'index.mjs'), '');
  }
  mkdirSync(join(root, 'dist/relay-image'));
  for (const file of ['Dockerfile', 'cloudbuild.yaml'])
    copyFileSync(join(ROOT, 'relay', file), join(root, 'dist/relay-image', file));
  symlinkSync(join(ROOT, 'scripts'), join(root, 'scripts'));
  return root;
}

/**
 * A project for the real gcloud, and a folder to deploy from; nothing may go astray.
 *
 * @param isNew whether no API is enabled yet.
 */
export async function withProject(
  then: (fake: FakeGcp, root: string) => Promise<void>,
  { isNew = false } = {},
): Promise<void> {
  const fake = await startFakeGcp({ isNew });
  const root = makeRoot();
  try {
    await then(fake, root);
    assert.equal(fake.astray, []);
  } finally {
    await fake.close();
    rmSync(root, { recursive: true });
  }
}

interface Given {
  env?: Record<string, string>;
  digests?: Record<string, string>;
  /** These steps alone, with what they need. */
  steps?: readonly string[];
}

export function planFor({ env = {}, digests = {}, steps }: Given): Plan & { settings: DeploySettings } {
  const settings = readDeploySettings({ GCP_PROJECT_ID: PROJECT, ...env });
  const whole = plan(settings, digests);
  return { ...whole, settings, steps: whole.steps.filter(({ key }) => steps?.includes(key) ?? true) };
}

/** @param calls Gets every command line, without what went to its standard input. */
export function toolsFor(fake: FakeGcp, root: string, calls: string[] = []): Tools {
  const exec = createExec(root, fake.env(join(root, 'gcloud'), PROJECT), 120_000);
  return {
    exec: (argv, options) => {
      calls.push(argv.join(' '));
      return exec(argv, options);
    },
    sleep: async () => {},
    randomHex: () => SECRET_KEY,
    signal: new AbortController().signal,
  };
}

export interface Deployment {
  outcome: Outcome;
  changed: string[];
  calls: string[];
  /** What was shown before changes. */
  previews: string[];
  /** Milliseconds that it would have waited. */
  waited: number;
}

export async function deploy(fake: FakeGcp, root: string, given: Given = {}): Promise<Deployment> {
  const changed: string[] = [];
  const calls: string[] = [];
  const previews: string[] = [];
  const whole = planFor(given);
  if (given.steps !== undefined) haveSteps(fake.state, whole.settings, given.steps);
  let waited = 0;
  const tools: Tools = {
    ...toolsFor(fake, root, calls),
    sleep: async (ms) => {
      waited += ms;
    },
  };
  const outcome = await run(whole, tools, {
    step: () => {},
    preview: (text) => previews.push(text),
    task: (title, result) => {
      if (result === 'changed') changed.push(title);
    },
  });
  return { outcome, changed, calls, previews, waited };
}

/** Takes away what a teardown would, data included, and answers what that was. */
export async function teardown(fake: FakeGcp, root: string, given: Given = {}, shared = false) {
  const whole = planFor(given);
  const tools = toolsFor(fake, root);
  const { ours, theirs } = await survey(whole, tools);
  const { doomed } = choose(ours, { data: true, shared });
  const removed: string[] = [];
  const outcome = await takeAway(doomed, whole, tools, (title) => removed.push(title));
  return { outcome, removed, theirs };
}

/** What is there beside what building a service leaves behind: both are shared with others in the project. */
export function remains({ state }: FakeGcp): string[] {
  return [...state.resources.keys()].filter(
    (key) => !/^bucket:|\/repositories\//.test(key) && !state.given.has(key),
  );
}
