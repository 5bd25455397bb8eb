// The log-based metrics of the deployment, held to the lines that the functions write.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { logMetrics, logMetricsStep } from '../../../scripts/deploy/steps/log-metrics.ts';
import { at, type Reading } from '../../../scripts/gcloud/step.ts';
import { createLogger } from '../../../shared/log.ts';
import { firstCells, readDoc } from '../../docs/markdown.ts';
import { eventarc, good, KIND, RESULT, startHandler } from '../../functions/handler-fixture.ts';

const settingsOf = (env: Record<string, string> = {}) =>
  readDeploySettings({ GCP_PROJECT_ID: 'demo-project', ...env });
const METRICS = logMetrics(settingsOf());

/** A line of a function as Cloud Logging has it: the severity is no part of the payload. */
function entryOf({ severity, time: _, ...jsonPayload }: Record<string, unknown>, service = KIND) {
  const labels = { service_name: service, location: 'us-central1' };
  return { severity, jsonPayload, resource: { type: 'cloud_run_revision', labels } };
}

const valueAt = (entry: object, path: string) => at(entry, ...path.split('.'));

/** As much of the query language as the filters have: one condition a line, and all of them hold. */
function isMatch(filter: string, entry: object): boolean {
  return filter.split('\n').every((condition) => {
    const [, path = '', operator, right = ''] = /^([\w.]+)(=|:)(.*)$/.exec(condition) ?? [];
    assert.ok(operator, condition);
    const value = valueAt(entry, path);
    if (operator === ':') return right === '*' ? value !== undefined : false;
    return [...right.matchAll(/"([^"]*)"|^(\w+)$/g)].some(([, quoted, bare]) => value === (quoted ?? bare));
  });
}

/** What the metrics take from a line: by metric, its labels and its value. */
function counted(entry: object): Record<string, Record<string, unknown>> {
  const extract = (extractor: string) => valueAt(entry, /^EXTRACT\((.*)\)$/.exec(extractor)?.[1] ?? '');
  return Object.fromEntries(
    METRICS.filter(({ definition }) => isMatch(definition.filter, entry)).map(({ name, definition }) => [
      name,
      {
        ...Object.fromEntries(
          Object.entries(definition.labelExtractors ?? {}).map(([label, from]) => [label, extract(from)]),
        ),
        ...(definition.valueExtractor === undefined ? {} : { value: extract(definition.valueExtractor) }),
      },
    ]),
  );
}

/** The lines at INFO and above of a function that gets these events. */
async function linesOf(events: readonly unknown[], answers: Parameters<typeof startHandler>[0] = []) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(KIND, 'info', { write: (line) => lines.push(JSON.parse(line)) });
  const { handle } = startHandler(answers, { logger });
  for (const event of events) await handle(event).catch(() => {});
  return lines;
}

test('the first event of a conversation counts once', async () => {
  const second = { ...RESULT, position: { ...RESULT.position, offset: 2 } };
  const lines = await linesOf([good(), good()], [RESULT, second]);
  assert.equal(
    lines.map((line) => counted(entryOf(line))),
    [{ 'agent_assist/functions_first_events': {} }],
  );
});

test('the sum of the distribution is how many interim transcripts were dropped', async () => {
  const reasons = ['stale', 'stale', 'over', 'over'] as const;
  const answers = reasons.map((reason) => ({ ...RESULT, outcome: 'superseded' as const, reason }));
  let minute = 0;
  // The second line is written with the last event, and counts three.
  const now = () => new Date(Date.parse('2026-03-12T14:00:00Z') + (minute === 3 ? 60_000 : 0));
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(KIND, 'info', { write: (line) => lines.push(JSON.parse(line)) });
  const { handle } = startHandler(answers, { logger, now });
  for (minute = 0; minute < reasons.length; minute++) await handle(good());
  const name = 'agent_assist/functions_interims_dropped';
  assert.equal(
    lines.map((line) => counted(entryOf(line))),
    [{ [name]: { value: 1 } }, { [name]: { value: 3 } }],
  );
});

test('a dropped message counts by its fault, one that is tried again does not', async () => {
  const lines = await linesOf([eventarc('not json'), good()], [new Error('not now')]);
  const [dropped, again] = lines;
  assert.equal(Object.keys(counted(entryOf(dropped ?? {}))), ['agent_assist/functions_events_dropped']);
  assert.is(typeof counted(entryOf(dropped ?? {}))['agent_assist/functions_events_dropped']?.fault, 'string');
  assert.equal(counted(entryOf(again ?? {})), {});
});

test("another service's lines, and those of the same function elsewhere, count nowhere", async () => {
  const [line = {}] = await linesOf([good()]);
  assert.equal(counted(entryOf(line, 'ui-connector')), {});
  const entry = entryOf(line);
  const labels = { ...entry.resource.labels, location: 'europe-west1' };
  assert.equal(counted({ ...entry, resource: { ...entry.resource, labels } }), {});
});

test('a deployment with a suffix has metrics of its own, of its own functions', () => {
  const own = {
    FUNCTION_NAME_SUFFIX: 'blue',
    CONNECTOR_SERVICE_NAME: 'relay-blue',
    CONNECTOR_SERVICE_ACCOUNT_NAME: 'relay-blue',
    INTERCEPTOR_SERVICE_ACCOUNT_NAME: 'functions-blue',
    CLOUD_RUN_PUBSUB_INVOKER_NAME: 'invoker-blue',
    JWT_SECRET_NAME: 'key-blue',
    ADMIN_TOKEN_NAME: 'admin-blue',
    CONVERSATION_PROFILE_NAME: 'Blue',
    AGENT_ASSIST_NOTIFICATIONS_TOPIC_ID: 'suggestions-blue',
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'messages-blue',
    CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'lifecycle-blue',
    NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
    DEAD_LETTER_TOPIC_ID: 'dead-blue',
  };
  const blue = logMetrics(settingsOf(own));
  assert.is(blue[0]?.name, 'agent_assist/functions_first_events-blue');
  for (const { definition } of blue) {
    assert.match(definition.filter, '"new-message-event-blue"');
    assert.not.match(definition.filter, 'new-recognition-result');
  }
});

test('every log-based metric is documented, and no other is', () => {
  assert.equal(
    firstCells(readDoc('docs/metrics.md'), 'log-based metric').sort(),
    METRICS.map(({ name }) => name).sort(),
  );
});

/** What Google answers for a metric: the definition, and fields of its own. */
function asFound(definition: object): Reading[] {
  const answer = { ...definition, name: 'x', createTime: '2026-11-30T00:00:00Z', version: 'V2' };
  const metricDescriptor = {
    ...Object(at(definition, 'metricDescriptor')),
    type: 'logging.googleapis.com/user/x',
  };
  return [{ found: true, text: JSON.stringify({ ...answer, metricDescriptor }) }];
}

test('a metric is made, left alone, mended when it is ours, and told when it is not', () => {
  const { tasks } = logMetricsStep(settingsOf());
  const [make, mend] = tasks;
  const [{ definition }] = METRICS as [(typeof METRICS)[number]];
  if (make === undefined || mend === undefined) throw new Error('no tasks');
  assert.is(tasks.length, 2 * METRICS.length);
  const state = (readings: Reading[]) => [
    make.isDone(readings, String),
    mend.isDone(readings, String),
    make.drift?.(readings).length,
    make.undo?.owner(readings, String),
  ];
  assert.equal(state([{ found: false }]), [false, true, 0, 'gone']);
  assert.equal(state(asFound(definition)), [true, true, 0, 'ours']);
  assert.equal(state(asFound({ ...definition, filter: 'severity>=ERROR' })), [true, false, 0, 'ours']);
  assert.equal(state(asFound({ ...definition, filter: 'a', description: 'mine' })), [
    true,
    true,
    1,
    'theirs',
  ]);
  assert.equal(mend.differences?.(asFound({ ...definition, filter: 'a' }), String), [
    'differs from these settings',
  ]);
});

test.run();
