// Where a page goes on that is known by its `pid`, over the connections of one relay and with a real Redis.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Claims } from '../../../../relay/identity/claims.ts';
import { Resume } from '../../../../relay/session/resume/resume.ts';
import type { Position } from '../../../../shared/stream/position.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import { uniqueConversation } from '../../../helpers/redis.ts';
import { redisFixture } from '../../../helpers/redis-fixture.ts';

const fixture = redisFixture(test);
const BROWSER = 'Mozilla/5.0';

/** One page, as socket.io-client 4.6 keeps it: its pid, its offset and its acknowledgement ids last as long as it does. */
class Page {
  readonly #resume: Resume;
  readonly #userAgent: string | undefined;
  #pid: string | undefined;
  #offset: string | undefined;
  #nextId = 0;
  #connections = 0;

  constructor(resume: Resume, userAgent?: string) {
    this.#resume = resume;
    this.#userAgent = userAgent;
  }

  /** Connects; an earlier connection stays half open. */
  connect(subject: string, { forgetsPid = false } = {}) {
    if (forgetsPid) this.#pid = undefined;
    const auth = this.#pid === undefined ? {} : { pid: this.#pid, offset: this.#offset };
    const request = { auth, userAgent: this.#userAgent, origin: undefined, number: this.#connections };
    const claims = { subject, tokenId: `token of ${subject}` } as Claims;
    const arrival = this.#resume.arrive(request, claims, { address: '192.0.2.1' } as never);
    const points = this.#resume.open(`${arrival.page}-${this.#connections++}`, arrival, {
      connection: { canPing: true, ping: (mark) => points.pong(mark), cut: () => {} },
      sendOffset: (offset) => {
        this.#offset = offset;
      },
    });
    this.#pid = arrival.pid;
    return {
      points,
      /** Joins by name. Resolves with where the page goes on, of which it is sent nothing yet. */
      join: async (conversation: string): Promise<Position> => {
        points.packet(`2${this.#nextId++}["join-conversation"]`);
        const from = (await points.find(conversation as never)) as Position;
        points.start(conversation as never, from);
        return from;
      },
      /** The page takes an event. */
      take: (conversation: string, position: Position) => {
        const offset = points.sent(conversation as never, position);
        if (offset !== '') this.#offset = offset;
      },
      leave: (conversation: string) => {
        points.packet(`2${this.#nextId++}["leave-conversation"]`);
        points.forget(conversation as never);
      },
    };
  }
}

const startResume = () =>
  new Resume({
    redis: fixture.redis,
    config: { replayOnJoin: 'missed', socketIoOffsets: 'browsers', historyTtlSeconds: 60 },
    audit: { note: () => {} },
    refusals: { note: () => {} },
    onRefused: () => {},
    logger: quietLogger,
  });

test('a page goes on at its offset', async () => {
  const conversation = uniqueConversation();
  const { position } = await fixture.publish(conversation);
  const page = new Page(startResume(), BROWSER);
  const first = page.connect('ann');
  assert.is((await first.join(conversation)).offset, 0);
  first.take(conversation, position);
  await first.points.end();
  assert.equal(await page.connect('ann').join(conversation), position);
});

test('an offset that another subject has taken counts for nobody else', async () => {
  const conversation = uniqueConversation();
  const { position } = await fixture.publish(conversation);
  const page = new Page(startResume(), BROWSER);
  const ann = page.connect('ann');
  await ann.join(conversation);
  ann.take(conversation, position);
  await ann.points.end();
  const bob = page.connect('bob');
  assert.is((await bob.join(conversation)).offset, 0);
  await bob.points.end(); // before the page was sent anything as bob
  assert.is((await page.connect('bob').join(conversation)).offset, 0);
});

test('who logs in again after somebody else starts at the beginning', async () => {
  const conversation = uniqueConversation();
  const { position } = await fixture.publish(conversation);
  for (const userAgent of [BROWSER, undefined]) {
    const page = new Page(startResume(), userAgent);
    const ann = page.connect('ann');
    await ann.join(conversation);
    ann.take(conversation, position);
    await new Promise((resolve) => setTimeout(resolve, 50));
    ann.points.heartbeat();
    ann.points.heartbeat();
    await ann.points.end();
    const bob = page.connect('bob');
    await bob.join(conversation);
    await bob.points.end();
    assert.is((await page.connect('ann').join(conversation)).offset, 0, userAgent);
  }
});

test('a page that lost its pid and then leaves does not go on where it was', async () => {
  const conversation = uniqueConversation();
  const { position } = await fixture.publish(conversation);
  const page = new Page(startResume(), BROWSER);
  const first = page.connect('ann');
  await first.join(conversation);
  first.take(conversation, position);
  await first.points.end();
  const second = page.connect('ann', { forgetsPid: true });
  await second.join(conversation);
  second.leave(conversation);
  await second.points.end();
  assert.is((await page.connect('ann').join(conversation)).offset, 0);
});

test.run();
