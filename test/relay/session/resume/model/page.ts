// A page with socket.io-client, as far as the relay can tell one from the other.
import type { ShortName } from '../../../../../shared/conversation-name.ts';
import { fromCursor } from '../../../../../shared/stream/position.ts';
import { claimsOf, HEADERS } from './client-kinds.ts';
import { type Ending, Link } from './link.ts';
import type { PageConnection, PageRequest } from './page-connection.ts';
import type { PageDeps, PageOptions } from './page-options.ts';
import { type Leave, PageView } from './page-view.ts';
import { conversationNamed, type SimulatedRelay } from './simulated-relay.ts';

export class Page {
  readonly options: PageOptions;
  readonly view: PageView;
  latency = 0;
  /** Which relay takes the next connection. */
  relay = 0;
  /** How many of the next answers to CONNECT are lost, and the connection with them. */
  lostAnswers = 0;
  throwsNext = false;
  subject: string;
  tokenId: string;
  /** Cuts by the relay of a connection that the page was using. */
  cutAlive = 0;
  readonly #deps: PageDeps;
  readonly #wanted = new Set<ShortName>();
  #connection: PageConnection | undefined;
  #answeredSubject: string | undefined;
  #pid: string | undefined;
  #offset: string | undefined;
  #ids = 0;
  /** What has become of the request with the first id, from which a relay knows a page without `pid`. */
  #firstId: 'not sent' | 'sent' | 'arrived' = 'not sent';
  #requests = 0;
  #buffer: PageRequest[] = [];
  /** Leaves of which other relays than these may not know. */
  #unsettled: { relay: SimulatedRelay; leave: Leave }[] = [];
  #isGone = false;
  #isConnecting = false;
  #backAfterMs = 1_000;
  #connections = 0;
  /** Which of its connections was the last to reach a relay. */
  #arrived = 0;

  constructor(options: PageOptions, subject: string, tokenId: string, deps: PageDeps) {
    this.options = options;
    this.subject = subject;
    this.tokenId = tokenId;
    this.#deps = deps;
    this.view = new PageView(options.isExact);
  }

  get wanted(): ReadonlySet<ShortName> {
    return this.#wanted;
  }

  get isConnected(): boolean {
    return this.#connection?.isAnswered ?? false;
  }

  join(conversation: ShortName): void {
    this.#wanted.add(conversation);
    this.#emit('join-conversation', conversation);
  }

  /** Joins it when it connects. */
  want(conversation: ShortName): void {
    this.#wanted.add(conversation);
  }

  leave(conversation: ShortName): void {
    this.#wanted.delete(conversation);
    this.#emit('leave-conversation', conversation);
  }

  /** Without a connection, and not while one is on its way. */
  connectAfter(ms: number): void {
    if (this.#isConnecting || this.#connection !== undefined) return;
    this.#isConnecting = true;
    this.#deps.clock.after(ms, () => {
      this.#isConnecting = false;
      if (!this.#isGone && this.#connection === undefined) this.#connect();
    });
  }

  /** The connection ends; the page opens another one by itself. */
  end(ending: Ending, backAfterMs: number): void {
    this.#backAfterMs = backAfterMs;
    this.#connection?.link.closeAtPage(ending);
  }

  /** Nothing gets through any more, and neither side notices. */
  stall(): void {
    this.#connection?.link.stall();
  }

  /** `disconnect()` and `connect()` on the Socket, by the page itself. */
  reconnect(backAfterMs: number): void {
    const { link, at } = this.#connection ?? {};
    link?.up.send(() => at?.disconnect());
    this.end({ code: 1005, keepsSent: true, isHeard: true }, backAfterMs);
  }

  /** The page is closed. */
  close(ending: Ending): void {
    this.#isGone = true;
    this.#connection?.link.closeAtPage(ending);
  }

  #connect(): void {
    const { clock, relays, newTokenId } = this.#deps;
    const { kind, hasFreshTokens, isPolling, swallowsPings } = this.options;
    const relay = relays[this.relay % relays.length];
    if (relay === undefined) return;
    if (hasFreshTokens) this.tokenId = newTokenId();
    const link = new Link(clock, { latency: () => this.latency, isPolling, swallowsPings });
    const connection: PageConnection = {
      link,
      relay,
      at: undefined,
      isAnswered: false,
      taken: new Set(),
    };
    this.#connection = connection;
    link.onClosedAtPage = () => this.#closed(connection);
    link.onPacket = (packet) => this.#take(packet);
    link.onCut = () => {
      if (this.#connection === connection && link.isOpenAtPage) this.cutAlive++;
    };
    const { subject, tokenId } = this;
    const auth = this.#pid === undefined ? {} : { pid: this.#pid, offset: this.#offset };
    if (kind === 'python') this.#ids = 1;
    const handshake = { auth, ...HEADERS[kind], claims: claimsOf(subject, tokenId) };
    const answered = (pid: string) => this.#answered(connection, subject, pid);
    const number = ++this.#connections;
    link.up.send(() => {
      // A CONNECT takes several round trips, so that one is not overtaken by the next.
      if (number < this.#arrived) return;
      this.#arrived = number;
      void relay.connect(link, handshake, answered).then((at) => {
        connection.at = at;
      });
    });
  }

  #answered(connection: PageConnection, subject: string, pid: string): void {
    if (this.lostAnswers > 0) {
      this.lostAnswers--;
      connection.link.closeAtPage({ code: 1006, keepsSent: false, isHeard: true });
      return;
    }
    if (this.#answeredSubject !== undefined && this.#answeredSubject !== subject) this.view.changedSubject();
    this.#answeredSubject = subject;
    this.view.connected();
    if (this.options.kind.startsWith('old') && this.#firstId === 'sent') this.view.mayLack = true;
    for (const { relay, leave } of this.#unsettled) leave.connected(relay === connection.relay);
    // On another relay the stay before may go on, and be kept as the page's.
    this.#unsettled = this.#unsettled.filter(({ relay }) => relay === connection.relay);
    connection.isAnswered = true;
    if (this.options.kind === 'browser' || this.options.kind === 'node') this.#pid = pid;
    for (const request of this.#buffer.splice(0)) this.#send(connection, request);
    for (const conversation of this.#wanted) this.#emit('join-conversation', conversation);
  }

  #closed(connection: PageConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    for (const end of connection.taken) end();
    connection.taken.clear();
    this.connectAfter(this.#backAfterMs);
    this.#backAfterMs = 1_000;
  }

  #take(packet: string): void {
    const [name, ...parameters] = JSON.parse(packet.slice(1)) as [string, ...unknown[]];
    const [event] = parameters as [{ cursor?: string; c?: number } | undefined];
    const throws = this.throwsNext;
    if (name === 'new-message-event' && event?.cursor !== undefined) {
      this.throwsNext = false;
      const { offset = 0 } = fromCursor(event.cursor) ?? {};
      this.view.event(conversationNamed(event.c ?? 0), offset, { throws });
      if (throws) return;
    }
    const last = parameters.at(-1);
    if (this.#pid !== undefined && typeof last === 'string') this.#offset = last;
  }

  #emit(event: PageRequest['event'], conversation: ShortName): void {
    const { acknowledged } = this.options;
    const isAcknowledged =
      acknowledged === 'all' ||
      (acknowledged === 'leaves' && event === 'leave-conversation') ||
      (acknowledged === 'some' && this.#requests++ % 2 === 1);
    const request = { event, conversation, id: isAcknowledged ? this.#ids++ : undefined };
    const connection = this.#connection;
    if (connection?.isAnswered) this.#send(connection, request);
    else this.#buffer.push(request);
  }

  #send(connection: PageConnection, { event, conversation, id }: PageRequest): void {
    const { link, relay, taken } = connection;
    const { isExact } = this.options;
    if (id === 0) this.#firstId = 'sent';
    link.up.send(() => {
      if (id === 0 && connection.at !== undefined) this.#firstId = 'arrived';
      const packet = `2${id ?? ''}${JSON.stringify([event, conversation])}`;
      const hasFailed = this.#failsFromNow();
      let isSettled = false;
      let leave: Leave | undefined;
      // Without an id a page gets no answer. It shows here when the relay has written the leave, or has told the page.
      const answer = () =>
        link.down.send(() => {
          isSettled = isExact || !hasFailed();
          if (isSettled) leave?.settle();
        });
      connection.at?.take(packet, event, [conversation, answer]);
      if (event === 'join-conversation' || connection.at === undefined) return;
      if (this.#connection !== connection) {
        this.view.leftLate(conversation);
        return;
      }
      const end = () => {
        leave = this.view.left(conversation, hasFailed);
        if (isSettled) leave.settle();
        else this.#unsettled.push({ relay, leave });
      };
      taken.add(end);
      link.down.send(() => {
        taken.delete(end);
        end();
      });
    });
  }

  /** Whether a write has failed since, or so shortly before that it waits to be tried again. */
  #failsFromNow(): () => boolean {
    const { clock, relays } = this.#deps;
    const from = clock.now - 3_000;
    return () => relays.some(({ redis }) => redis.failedAt >= from);
  }
}
