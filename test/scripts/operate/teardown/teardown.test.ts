import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import type { ExecResult } from '../../../../scripts/gcloud/exec.ts';
import { roleFor } from '../../../../scripts/gcloud/permission-roles.ts';
import {
  choose,
  otherRegionNote,
  survey,
  takeAway,
  undosOf,
} from '../../../../scripts/operate/teardown/teardown.ts';
import { ownNames } from '../../deploy/own-names.ts';

const PLAN = plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project' }), {});
const OWNED = { labels: { 'made-by': 'agent-assist-relay', 'config-digest': 'x' } };

type Answer = (line: string) => unknown;

function toolsAnswering(answer: Answer, signal = new AbortController().signal) {
  const lines: string[] = [];
  const exec = async (argv: readonly string[]): Promise<ExecResult> => {
    const line = argv.join(' ');
    lines.push(line);
    const found = answer(line);
    return found === undefined
      ? { code: 1, stdout: '', stderr: 'NOT_FOUND' }
      : { code: 0, stdout: JSON.stringify(found), stderr: '' };
  };
  return { lines, tools: { exec, sleep: async () => {}, randomHex: () => '', signal } };
}

const titles = (undos: readonly { title: string }[]) => undos.map(({ title }) => title);

test('of what has no mark of a deployment, nothing would be removed', async () => {
  const { tools } = toolsAnswering((line) => (line.includes('get-iam-policy') ? {} : { state: 'READY' }));
  const { ours, theirs } = await survey(PLAN, tools);
  assert.equal(titles(ours), []);
  assert.ok(titles(theirs).includes('topic aa-new-message-topic'));
  assert.ok(titles(theirs).includes('connector aa-integration-vpc'));
});

test('accounts and topics without their relay are a sign of a wrong region', async () => {
  const place = { relayName: 'ui-connector', region: 'us-central1' };
  const { tools } = toolsAnswering((line) => (line.includes('topics describe') ? OWNED : undefined));
  const { ours } = await survey(PLAN, tools);
  assert.match(otherRegionNote(ours, place) ?? '', 'there is no service ui-connector in region us-central1');
  const whole = await survey(PLAN, toolsAnswering(() => OWNED).tools);
  assert.is(otherRegionNote([...whole.ours, ...whole.theirs], place), undefined);
  assert.is(otherRegionNote([], place), undefined);
});

test('what is not there is in no list', async () => {
  const { tools } = toolsAnswering(() => undefined);
  assert.equal(await survey(PLAN, tools), { ours: [], theirs: [] });
});

test('in a project whose APIs are off there is nothing, and nobody waits for them', async () => {
  const stderr =
    'ERROR: PERMISSION_DENIED: Cloud Run Admin API has not been used in project 7 before or it is disabled.';
  const { tools } = toolsAnswering(() => undefined);
  const pauses: number[] = [];
  const off = {
    ...tools,
    exec: async (): Promise<ExecResult> => ({ code: 1, stdout: '', stderr }),
    sleep: async (ms: number) => {
      pauses.push(ms);
    },
  };
  assert.equal(await survey(PLAN, off), { ours: [], theirs: [] });
  assert.equal(pauses, []);
});

const DATA = [
  'secret aa-integration-redis-ca',
  'secret aa-integration-redis-auth',
  'Redis instance aa-integration-redis, and what it holds',
  'secret aa-integration-admin-token',
  'secret aa-integration-jwt-secret',
];

test('what has the mark goes, last made first, and data only when asked for', async () => {
  const { tools } = toolsAnswering((line) => (line.includes('get-iam-policy') ? {} : OWNED));
  const { ours } = await survey(PLAN, tools);
  const { doomed, withoutData, withoutShared } = choose(ours, { data: false, shared: false });
  assert.equal(titles(withoutData), DATA);
  assert.equal(withoutShared, []);
  const order = titles(doomed);
  assert.ok(order.indexOf('service ui-connector') < order.indexOf('topic aa-new-message-topic'));
  assert.not.ok(DATA.some((title) => order.includes(title)));
  const all = choose(ours, { data: true, shared: false });
  assert.equal(all.doomed, ours);
});

test('a teardown leaves what several deployments share, unless asked for', () => {
  const undos = undosOf(plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...ownNames('b') }), {}));
  const { withoutShared, withoutData } = choose(undos, { data: false, shared: false });
  assert.equal(titles(withoutShared), [
    'connector aa-integration-vpc',
    ...DATA.slice(0, 3),
    'topic aa-shared-notes',
    'roles/run.builder of aa-integration-build@my-project.iam.gserviceaccount.com',
    'service account aa-integration-build',
  ]);
  assert.equal(titles(withoutData), ['secret admin-b', 'secret jwt-b']);
  assert.equal(titles(choose(undos, { data: true, shared: false }).withoutShared), titles(withoutShared));
  assert.equal(titles(choose(undos, { data: false, shared: true }).withoutData), [
    ...DATA.slice(0, 3),
    'secret admin-b',
    'secret jwt-b',
  ]);
  assert.equal(choose(undos, { data: true, shared: true }).doomed, undos);
});

test('every removal of every plan names permissions that a role has', () => {
  for (const env of [{}, { FUNCTION_NETWORK: 'direct' }, ownNames('b')]) {
    for (const undo of undosOf(plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env }), {}))) {
      assert.ok(undo.permissions.length > 0, undo.title);
      for (const permission of undo.permissions) assert.match(roleFor(permission), /^roles\//);
    }
  }
});

test('a connector goes only when a deployment noted that it made that one', async () => {
  const noted = (connector: string) =>
    toolsAnswering((line) => {
      if (line.includes('connectors describe')) return {};
      return line.includes('describe aa-dead-letter-topic')
        ? { labels: { 'made-connector': connector } }
        : undefined;
    }).tools;
  assert.equal(titles((await survey(PLAN, noted('aa-integration-vpc'))).ours), [
    'connector aa-integration-vpc',
  ]);
  assert.equal(titles((await survey(PLAN, noted('another'))).ours), []);
});

test('a profile goes only when a deployment noted that it made the one of this name', async () => {
  const planOf = (name: string) =>
    plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', CONVERSATION_PROFILE_NAME: name }), {});
  const noted = planOf('Ours')
    .steps.flatMap(({ tasks }) => tasks)
    .find(({ title }) => title.startsWith('note that conversation profile'));
  const label = noted?.change.argv.find((word) => word.startsWith('--update-labels=made-profile='));
  const { tools } = toolsAnswering((line) => {
    if (line.includes('profile/main.ts show')) return { name: 'projects/p/conversationProfiles/1' };
    return line.includes('topics describe')
      ? { labels: { 'made-profile': label?.split('=').at(-1) } }
      : undefined;
  });
  assert.equal(titles((await survey(planOf('Ours'), tools)).ours), ['conversation profile Ours']);
  assert.equal(titles((await survey(planOf('By hand'), tools)).ours), []);
});

test('a project grant is taken from an account of ours, and stays with theirs', async () => {
  const policy = {
    bindings: [
      {
        role: 'roles/dialogflow.agentAssistClient',
        members: ['serviceAccount:ui-connector@my-project.iam.gserviceaccount.com'],
      },
    ],
  };
  const world = (description: string) =>
    toolsAnswering((line) => {
      if (line.startsWith('gcloud projects get-iam-policy')) return policy;
      return line.includes('service-accounts describe ui-connector') ? { description } : undefined;
    }).tools;
  const ours = await survey(PLAN, world('Made by the deployment of agent-assist-relay'));
  assert.equal(titles(ours.ours), [
    'roles/dialogflow.agentAssistClient of ui-connector@my-project.iam.gserviceaccount.com',
    'service account ui-connector',
  ]);
  assert.equal(titles((await survey(PLAN, world('made by hand'))).ours), []);
});

test('what has gone in between counts as removed, and a refusal stops there', async () => {
  const undos = undosOf(PLAN);
  const gone = toolsAnswering(() => undefined);
  assert.equal(await takeAway(undos, PLAN, gone.tools, () => {}), { state: 'done', removed: undos.length });
  assert.ok(
    gone.lines.every((line) => / delete |remove-iam-policy-binding| clear /.test(line)),
    gone.lines.join('\n'),
  );

  const removed: string[] = [];
  let calls = 0;
  const outcome = await takeAway(
    undos,
    PLAN,
    {
      ...gone.tools,
      exec: async () => ({ code: ++calls < 3 ? 0 : 1, stdout: '', stderr: 'PERMISSION_DENIED' }),
    },
    (title) => removed.push(title),
  );
  assert.is(outcome.state, 'failed');
  assert.equal(removed, titles(undos.slice(0, 2)));
});

test.run();
