// Whatever Pub/Sub, or anybody else, delivers to the four functions.
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import * as fc from 'fast-check';
import { Agent, request } from 'undici';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logFrameworkErrors } from '../../functions/framework-errors.ts';
import { createHandler } from '../../functions/handler.ts';
import { createHttpFunction } from '../../functions/http-function.ts';
import { deliveredEvent } from '../../relay/session/encode-event.ts';
import { shortName } from '../../shared/conversation-name.ts';
import { EVENT_FAULTS } from '../../shared/errors.ts';
import { type AgentAssistEvent, EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { createLogger } from '../../shared/log.ts';
import { isTransientRedisError } from '../../shared/redis.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { handed, isQuoting, kind, PROJECT, post, push } from './deliveries.ts';
import { fuzz } from './fuzz.ts';

/** The lines of the case under way. */
const lines: string[] = [];
const logger = createLogger('function', 'debug', { write: (line) => lines.push(line) });
const FAULTS: readonly unknown[] = EVENT_FAULTS;

let taken: AgentAssistEvent[] = [];
const inMemory: Pick<EventLog, 'append'> = {
  append: async (event) => {
    taken.push(event);
    return { outcome: 'appended', position: { epoch: 'e', offset: 1, tag: 't' } };
  },
};

const handlerOf = (each: EventKind, eventLog: Pick<EventLog, 'append'>) =>
  createHandler({
    kind: each,
    project: { id: PROJECT, number: '123456' },
    maxBytes: 4_096,
    eventLog,
    list: async () => 'listed',
    isTransient: isTransientRedisError,
    logger,
  });
const pure = new Map(EVENT_KINDS.map((each) => [each, handlerOf(each, inMemory)]));

/** Every line names a known fault, and none has a word of a customer. */
function checkLog(): void {
  for (const line of lines.splice(0)) {
    assert.not.ok(isQuoting(line), line);
    const { severity, fault } = JSON.parse(line);
    if (severity === 'ERROR') assert.ok(FAULTS.includes(fault), line);
  }
}

fuzz('whatever a handler is given, it takes the event or drops it with a known fault', {
  arbitrary: fc.tuple(kind, handed),
  async check([each, event]) {
    taken = [];
    lines.length = 0;
    await pure.get(each)?.(event);
    checkLog();
    for (const { conversation, json } of taken) {
      assert.is(shortName(conversation, { id: PROJECT }), conversation);
      const envelope = JSON.parse(json);
      assert.is(envelope.data_type, each);
      assert.type(JSON.parse(envelope.data), 'object');
    }
  },
  runs: 8_000,
});

const fixture = redisFixture(test, { history: { historySize: 100, historyTtlSeconds: 60 } });
const urls = new Map<string, string>();
/** Requests that came through the functions framework, which refuses some by itself. */
let handled = 0;
const agent = fixture.keep(new Agent({ keepAliveTimeout: 60_000 }));
test.before(async () => {
  process.env.NODE_ENV = 'production'; // as on Cloud Functions: otherwise Express shows its errors to the caller
  logFrameworkErrors(console, logger);
  for (const each of EVENT_KINDS) {
    const handle = handlerOf(each, fixture.log);
    const counted = (event: unknown) => {
      handled++;
      return handle(event);
    };
    http(each, createHttpFunction({ handle: counted, logger }));
    urls.set(each, `http://127.0.0.1:${await fixture.listen(getTestServer(each))}/`);
  }
});

async function send(each: string, body: string | Buffer, headers: Record<string, string>): Promise<number> {
  const answer = await request(urls.get(each) ?? '', {
    method: 'POST',
    headers,
    body,
    dispatcher: agent,
  });
  const text = await answer.body.text();
  assert.not.ok(isQuoting(text), text);
  return answer.statusCode;
}

fuzz('whatever is posted to a function, the answer is never a failure of its own', {
  arbitrary: fc.tuple(kind, post),
  async check([each, { headers, body }]) {
    handled = 0;
    lines.length = 0;
    const status = await send(each, body, headers);
    if (handled > 0) assert.is(status, 204);
    for (const line of lines.splice(0)) assert.not.ok(isQuoting(line), line);
  },
  runs: 1_500,
});

fuzz('whatever event a log took, a desktop is sent it as JSON', {
  arbitrary: fc.tuple(kind, push),
  async check([each, body]) {
    taken = [];
    lines.length = 0;
    await pure.get(each)?.(body);
    for (const event of taken) {
      await fixture.append(event);
      const page = await fixture.log.read(event.conversation, 0, 200);
      for (const each of [...page.events, ...page.open])
        assert.type(JSON.parse(deliveredEvent(each)), 'object');
      await fixture.redis.flushall();
    }
    checkLog();
  },
  runs: 1_000,
});

test.run();
