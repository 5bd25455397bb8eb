import type { ClientEvents, ClientOptions } from '../../../relay/client/index.ts';
import { createClient } from '../../../relay/client/index.ts';
import type { JoinOptions, NetworkEvents } from '../../../relay/client/types.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeRelay } from './fake-relay.ts';
import { FakeSocket } from './fake-socket.ts';

export const CONVERSATION = 'projects/demo-project/conversations/c1';

type Seen = { [Name in keyof ClientEvents]: ClientEvents[Name][] };

/** A client and a relay in a time and a network of their own. */
export function clientFixture(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const relay = new FakeRelay();
  const network: EventTarget & NetworkEvents = new EventTarget();
  const sockets: FakeSocket[] = [];
  const seen: Seen = { state: [], event: [], joined: [], reset: [], error: [] };
  let tokens = 0;

  const client = createClient({
    url: 'https://relay.example.com',
    getToken: () => Promise.resolve(`token-${++tokens}`),
    WebSocket: class extends FakeSocket {
      constructor(url: string, protocol: string) {
        super(relay, url, protocol);
        sockets.push(this);
      }
    },
    network,
    clock,
    random: () => 0.5,
    ...options,
  });
  client.on('state', (change) => seen.state.push(change));
  client.on('event', (event) => seen.event.push(event));
  client.on('joined', (joined) => seen.joined.push(joined));
  client.on('reset', (reset) => seen.reset.push(reset));
  client.on('error', (notice) => seen.error.push(notice));

  /** Lets everything through that is on its way, and every promise settle. */
  async function settle(): Promise<void> {
    for (let moved = true; moved; ) {
      await turn();
      moved = false;
      for (const socket of sockets) {
        while (socket.pass('to relay')) moved = true;
        while (socket.pass('to client')) moved = true;
      }
    }
  }

  return {
    client,
    relay,
    clock,
    network,
    sockets,
    seen,
    settle,
    /** The newest connection. */
    get socket(): FakeSocket {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('nothing was connected yet');
      return socket;
    },
    get states(): string[] {
      return seen.state.map(({ state }) => state);
    },
    advance: (ms: number) => clock.advance(ms, settle),
    async connect() {
      client.connect();
      await settle();
    },
    async join(options?: JoinOptions, conversation = CONVERSATION) {
      const membership = client.join(conversation, options);
      membership.catch(() => {}); // until the caller takes it
      await settle();
      return membership;
    },
    async publish(count = 1, conversation = CONVERSATION) {
      for (let n = 0; n < count; n++) relay.publish(conversation);
      await settle();
    },
    /** The ids of the events that the application was given. */
    get received(): string[] {
      return seen.event.map(({ message_id }) => message_id);
    },
    /** The conversation's frames that the relay was sent. */
    joins: () => relay.received.filter(({ type }) => type === 'join'),
    async cut() {
      sockets.at(-1)?.cut();
      await settle();
    },
    goOffline: () => network.dispatchEvent(new Event('offline')),
    goOnline: () => network.dispatchEvent(new Event('online')),
  };
}

export type ClientFixture = ReturnType<typeof clientFixture>;

/** A fixture whose client is ready. */
export async function connectedClient(options?: Partial<ClientOptions>): Promise<ClientFixture> {
  const fixture = clientFixture(options);
  await fixture.connect();
  return fixture;
}

/** A fixture whose client has joined {@link CONVERSATION} from its start. */
export async function joinedClient(options?: Partial<ClientOptions>): Promise<ClientFixture> {
  const fixture = await connectedClient(options);
  await fixture.join();
  return fixture;
}

/** Until every promise that can settle has settled. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<{ name: string; code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as { name: string; code?: string };
  }
  throw new Error('expected a rejection');
}
