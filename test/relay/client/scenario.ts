import * as fc from 'fast-check';
import { type ClientFixture, clientFixture, turn } from './client-fixture.ts';
import type { FakeSession, Frame } from './fake-relay.ts';
import { Viewer } from './viewer.ts';

type Plain = 'cut' | 'die' | 'drain' | 'offline' | 'online' | 'close' | 'connect' | 'throw';
type OfConversation = 'publish' | 'say' | 'join' | 'join live' | 'leave' | 'lose' | 'trim';

/** One thing that happens to a client, its network, its relay or its application. */
export type Step =
  | { do: OfConversation; conversation: number }
  | { do: 'flow'; rounds: number; atOnce: number }
  | { do: 'wait'; ms: number }
  | { do: Plain }
  | { do: 'reach'; how: 'yes' | 'no' | 'silent' }
  | { do: 'answer'; how: 'at once' | 'later' | 'unavailable' };

const conversation = fc.nat(1);
const on = (name: OfConversation): fc.Arbitrary<Step> => fc.record({ do: fc.constant(name), conversation });
const simply = (name: Plain): fc.Arbitrary<Step> => fc.constant({ do: name });
/** A connection needs about seven rounds until it has joined something. */
const flow: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('flow'),
  rounds: fc.constantFrom(1, 2, 3, 10, 10),
  atOnce: fc.constantFrom(1, 2, 100),
});
const calm: fc.WeightedArbitrary<Step>[] = [
  { weight: 16, arbitrary: flow },
  { weight: 8, arbitrary: on('publish') },
  { weight: 2, arbitrary: on('say') },
  { weight: 3, arbitrary: on('join') },
  { weight: 1, arbitrary: on('join live') },
  { weight: 1, arbitrary: on('leave') },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(300, 1_000, 5_000, 10_000, 40_000) }),
  },
  { weight: 3, arbitrary: simply('cut') },
  { weight: 1, arbitrary: simply('die') },
  { weight: 1, arbitrary: simply('drain') },
  { weight: 1, arbitrary: simply('offline') },
  { weight: 1, arbitrary: simply('online') },
  { weight: 1, arbitrary: simply('close') },
  { weight: 2, arbitrary: simply('connect') },
  { weight: 1, arbitrary: simply('throw') },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reach'), how: fc.constantFrom('yes', 'yes', 'no', 'silent') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('answer'),
      how: fc.constantFrom('at once', 'at once', 'later', 'unavailable'),
    }),
  },
];
const losses: fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: on('lose') },
  { weight: 1, arbitrary: on('trim') },
];

export function scenarios({ hasLosses }: { hasLosses: boolean }): fc.Arbitrary<Step[]> {
  return fc.array(fc.oneof(...(hasLosses ? [...calm, ...losses] : calm)), { maxLength: 100, size: 'max' });
}

const nameOf = (conversation: number) => `projects/demo-project/conversations/c${conversation}`;

/** Runs the steps of a scenario against a client whose application checks what it is handed. */
export class Runner {
  readonly fixture: ClientFixture = clientFixture();
  readonly faults: string[] = [];
  /** Resumptions that were told as recovered, and that were not. */
  readonly resumed = { recovered: 0, reset: 0 };
  readonly #viewers = new Map<string, Viewer>();
  #answer: Extract<Step, { do: 'answer' }>['how'] = 'at once';
  #held: { frame: Frame; session: FakeSession }[] = [];
  #throwsNext = false;

  constructor() {
    const { client, relay } = this.fixture;
    client.on('joined', (joined) => {
      const viewer = this.#viewerOf(joined.conversation);
      if (viewer.offset !== undefined) this.resumed[joined.recovered ? 'recovered' : 'reset']++;
      viewer.joined(joined);
    });
    client.on('reset', (reset) => this.#viewerOf(reset.conversation).reset(reset));
    client.on('event', (event) => {
      this.#viewerOf(event.conversation_name).event(event);
      if (!this.#throwsNext) return;
      this.#throwsNext = false;
      throw new Error('in a handler');
    });
    relay.script = (frame, session) => this.#takesJoin(frame, session);
    this.#join(nameOf(0), '0');
    client.connect();
  }

  get received(): number {
    return [...this.#viewers.values()].reduce((sum, { events }) => sum + events, 0);
  }

  async take(step: Step): Promise<void> {
    const { client, relay, clock, sockets, network } = this.fixture;
    const socket = sockets.at(-1);
    if (step.do === 'publish') relay.publish(nameOf(step.conversation));
    else if (step.do === 'say') relay.publishInterim(nameOf(step.conversation));
    else if (step.do === 'join') this.#join(nameOf(step.conversation), '0');
    else if (step.do === 'join live') this.#join(nameOf(step.conversation), null);
    else if (step.do === 'leave') this.#leave(nameOf(step.conversation));
    else if (step.do === 'lose') relay.loseLog(nameOf(step.conversation));
    else if (step.do === 'trim') {
      const log = relay.log(nameOf(step.conversation));
      log.trimmed = Math.max(log.trimmed, log.events.length - 1);
    } else if (step.do === 'flow') await this.#flow(step.rounds, step.atOnce);
    else if (step.do === 'wait') await clock.advance(step.ms, turn);
    else if (step.do === 'cut') socket?.cut();
    else if (step.do === 'die') {
      if (socket) socket.isDead = true;
    } else if (step.do === 'drain') socket?.peer.send({ type: 'draining', within_ms: 3_000 });
    else if (step.do === 'offline' || step.do === 'online') network.dispatchEvent(new Event(step.do));
    else if (step.do === 'close') client.close();
    else if (step.do === 'connect') client.connect();
    else if (step.do === 'throw') this.#throwsNext = true;
    else if (step.do === 'reach') relay.reachable = step.how;
    else if (step.do === 'answer') this.#answerJoins(step.how);
    await turn();
  }

  /** Lets everything work again, for long enough that a client has no excuse left. */
  async heal(): Promise<void> {
    const { client, relay } = this.fixture;
    relay.reachable = 'yes';
    this.#answerJoins('at once');
    client.connect();
    await this.fixture.advance(120_000);
    if (client.state !== 'ready') this.faults.push(`is ${client.state} in the end`);
    for (const [conversation, { epoch, offset, faults }] of this.#viewers) {
      const log = relay.log(conversation);
      this.faults.push(...faults);
      if (offset !== log.events.length || (epoch ?? log.epoch) !== log.epoch) {
        this.faults.push(
          `stands at ${epoch}.${offset} in the end, and the log at ${log.epoch}.${log.events.length}`,
        );
      }
    }
  }

  /** Lets through so many frames, there and back, so many times. */
  async #flow(rounds: number, atOnce: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const direction of ['to relay', 'to client'] as const) {
        for (const socket of this.fixture.sockets) for (let n = 0; n < atOnce && socket.pass(direction); n++);
      }
      await turn();
    }
  }

  #join(conversation: string, after: string | null): void {
    if (this.#viewers.has(conversation)) return;
    const viewer = new Viewer();
    this.#viewers.set(conversation, viewer);
    // Rejected when it is left, or the client closed, before it is through.
    this.fixture.client.join(conversation, { after }).catch(() => {
      if (this.#viewers.get(conversation) === viewer) this.#viewers.delete(conversation);
    });
  }

  #leave(conversation: string): void {
    this.faults.push(...(this.#viewers.get(conversation)?.faults ?? []));
    this.#viewers.delete(conversation);
    this.fixture.client.leave(conversation);
  }

  #viewerOf(conversation: string): Viewer {
    const viewer = this.#viewers.get(conversation);
    if (viewer) return viewer;
    this.faults.push(`something of ${conversation} was handed over, which is not joined`);
    return new Viewer();
  }

  /** As the relay does it: a newer join, or a leave, ends one that has not been answered. */
  #takesJoin(frame: Frame, session: FakeSession): boolean {
    if (frame.type !== 'join' && frame.type !== 'leave') return false;
    const isSame = (held: { frame: Frame; session: FakeSession }) =>
      held.session === session && held.frame.conversation === frame.conversation;
    for (const { frame: older } of this.#held.filter(isSame)) {
      session.send({ type: 'error', id: older.id, code: 'not-joined', message: 'left before it was joined' });
    }
    this.#held = this.#held.filter((held) => !isSame(held));
    if (frame.type === 'leave' || this.#answer === 'at once') return false;
    session.joined.delete(frame.conversation ?? '');
    if (this.#answer === 'later') this.#held.push({ frame, session });
    else session.send({ type: 'error', id: frame.id, code: 'unavailable', message: 'try again' });
    return true;
  }

  #answerJoins(how: 'at once' | 'later' | 'unavailable'): void {
    this.#answer = how;
    if (how === 'later') return;
    for (const { frame, session } of this.#held.splice(0)) session.join(frame);
  }
}
