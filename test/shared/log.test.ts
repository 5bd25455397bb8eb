import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLogger, logDestination, serializeError } from '../../shared/log.ts';
import { traceFields } from '../../shared/trace.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';

const SECRET = 'zanzibar phrase';

const fixture = redisFixture(test);

/** A logger and the lines that it has written. */
function recording(level = 'debug') {
  const lines: string[] = [];
  const logger = createLogger('test-service', level, { write: (line) => lines.push(line) });
  return { logger, text: () => lines.join(''), records: () => lines.map((line) => JSON.parse(line)) };
}

const SEVERITIES = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
} as const;

for (const [level, severity] of Object.entries(SEVERITIES)) {
  test(`${level} is Cloud Logging's severity ${severity}`, () => {
    const { logger, records } = recording();
    logger[level as keyof typeof SEVERITIES]('said');
    assert.is(records()[0].severity, severity);
    assert.not('level' in records()[0]);
  });
}

test('a line is one JSON object with the fields of Cloud Logging', () => {
  const { logger, text, records } = recording();
  logger.info({ kind: 'new-message-event' }, 'two\nlines');
  assert.equal(text().split('\n').length, 2, 'one line and its end');
  const [{ time, ...rest }] = records();
  assert.equal(rest, {
    severity: 'INFO',
    service: 'test-service',
    kind: 'new-message-event',
    message: 'two\nlines',
  });
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('the fields of a trace stand at the top of the line', () => {
  const { logger, records } = recording();
  const fields = traceFields('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'demo-project');
  logger.warn({ ...fields }, 'traced');
  assert.is(
    records()[0]['logging.googleapis.com/trace'],
    'projects/demo-project/traces/4bf92f3577b34da6a3ce929d0e0e4736',
  );
  assert.is(records()[0]['logging.googleapis.com/spanId'], '00f067aa0ba902b7');
  assert.is(records()[0]['logging.googleapis.com/trace_sampled'], true);
});

test('levels below the configured one are silent', () => {
  const { logger, text } = recording('warn');
  logger.info('quiet');
  logger.debug('quiet');
  assert.is(text(), '');
});

test('an error has its type, message, code and frames', () => {
  const { logger, records } = recording();
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  logger.error({ err: new TypeError('failed', { cause }) }, 'oh');
  const { err } = records()[0];
  assert.is(err.type, 'TypeError');
  assert.is(err.message, 'failed');
  assert.match(err.stack, /^\s+at .*log\.test\.ts:\d+:\d+/);
  assert.not.match(err.stack, /failed/);
  assert.is(err.cause.message, 'refused');
  assert.is(err.cause.code, 'ECONNREFUSED');
});

test('what is thrown but is no error is logged by its type alone', () => {
  for (const thrown of [SECRET, { text: SECRET }, undefined, null, 5]) {
    assert.equal(serializeError(thrown), { type: typeof thrown });
  }
});

test('an error that causes itself, and a long chain of causes, come to an end', () => {
  const circle = new Error('circle');
  circle.cause = circle;
  let chain = new Error('first');
  for (let i = 0; i < 50_000; i++) chain = new Error('next', { cause: chain });
  for (const error of [circle, chain]) assert.ok(JSON.stringify(serializeError(error)).length < 50_000);
});

test("an error of ioredis is logged without the command's arguments", async () => {
  const { logger, text, records } = recording();
  const error = await fixture.redis
    .call('SET', 'key', SECRET, 'NO-SUCH-OPTION')
    .catch((reason: unknown) => reason);
  assert.match(JSON.stringify((error as { command: unknown }).command), SECRET, 'it does carry them');
  logger.error({ err: error }, 'failed');
  logger.error({ err: new Error('wrapped', { cause: error }) }, 'failed');
  assert.not.match(text(), /zanzibar|phrase/);
  assert.is(records()[0].err.type, 'ReplyError');
  assert.is(records()[0].err.message, 'ERR syntax error');
});

test("Redis's reply to an unknown command, which quotes its arguments, is cut", async () => {
  const error = await fixture.redis.call('NO-SUCH-COMMAND', SECRET).catch((reason: unknown) => reason);
  assert.match(String(error), SECRET, 'it does quote them');
  assert.not.match(JSON.stringify(serializeError(error)), /zanzibar|phrase/);
  assert.match(JSON.stringify(serializeError(error)), /unknown command/);
});

// V8 quotes what it could not parse, in the message and, line by line, in the stack.
const UNPARSABLE = [
  `${SECRET}`,
  `{"text":"${SECRET}",}`,
  `x\n    at ${SECRET} (file.js:1:1)`,
  `\n    at ${SECRET}`,
];

for (const json of UNPARSABLE) {
  test(`a parser's error hides ${JSON.stringify(json)}`, () => {
    const { logger, text } = recording();
    const error = parseFault(json);
    logger.error({ err: error }, 'failed');
    logger.error({ err: new Error('wrapped', { cause: error }) }, 'failed');
    logger.error({ err: error });
    logger.error(error);
    assert.not.match(text(), /zanz|phra/);
    assert.equal(text().split('\n').length, 5, 'four lines');
  });
}

test('an error logged without a text of its own has a line that says so', () => {
  const { logger, records } = recording();
  logger.error(new Error('broken'));
  logger.error({ err: new Error('broken') });
  for (const record of records()) {
    assert.type(record.message, 'string');
    assert.is(record.err.message, 'broken');
    assert.is(record.severity, 'ERROR');
  }
});

test('a changed message of an error does not come back through the stack', () => {
  const error = new Error(`${SECRET}\n    at ${SECRET} (${SECRET}.js:1:1)`);
  assert.match(error.stack ?? '', SECRET, 'V8 writes the stack when it is first read');
  error.message = 'changed';
  assert.not.match(JSON.stringify(serializeError(error)), /zanzibar/);
});

test('an error whose fields are not what they should be is logged all the same', () => {
  const odd = Object.assign(new Error('odd'), { stack: 5, code: { text: SECRET } });
  assert.not.match(JSON.stringify(serializeError(odd)), /zanzibar/);
  assert.is(serializeError(odd).message, 'odd');
});

test('the log goes to the named file, whose folder is made, and is there at once', () => {
  const file = join(fixture.directory(), 'deeper', 'relay.log');
  createLogger('relay', 'info', logDestination(file)).info('written');
  assert.match(readFileSync(file, 'utf8'), /"message":"written"/);
});

function parseFault(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return error;
  }
}

test.run();
