import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { DeliveredEvent } from '../../../shared/wire.ts';
import type { Client } from '../../client/types.ts';
import { EventPacer, type NextFrame } from '../events/event-pacer.ts';
import { Call, type JoinFailure } from './call.ts';

/** Finished calls of one phone number that stay open beside the newest. */
const FINISHED_MAX = 4;

const FAILURES: readonly string[] = ['not-allowed', 'bad-conversation', 'too-many-joins'];

/** The calls that are open, and the one that is shown. */
export interface Calls {
  readonly list: ReadonlySignal<readonly Call[]>;
  readonly active: ReadonlySignal<Call | undefined>;
  /** Opens a conversation and joins it; shows it at once, or only where nobody is disturbed. */
  open(name: string, options?: { phone?: string; isQuiet?: boolean }): Call;
  activate(call: Call): void;
  /** Shows the next call (1) or the previous one (-1). */
  step(by: 1 | -1): void;
  close(call: Call): void;
}

/** What calls depend on in the page that shows them. */
export interface CallsPage {
  /** Whether the agent is in the middle of a text, anywhere in the page. */
  isWriting(): boolean;
  nextFrame: NextFrame;
}

interface Arrived {
  event: DeliveredEvent;
  /** By the clock of Pub/Sub. */
  at: number;
}

/** @param serverNow the time by the clock of Pub/Sub, in milliseconds since 1970. */
export function createCalls(
  client: Client,
  serverNow: () => number,
  { isWriting, nextFrame }: CallsPage,
): Calls {
  const list = signal<readonly Call[]>([]);
  const active = signal<Call | undefined>(undefined);

  const find = (name: string) => list.value.filter((call) => isSame(call.asked, name));

  function receive({ event, at }: Arrived): void {
    for (const call of find(event.conversation_name)) {
      const before = call.announced.value;
      call.receive(event, at);
      if (call !== active.value && call.announced.value !== before) call.unread.value++;
    }
  }

  const events = new EventPacer<Arrived>(nextFrame, (arrived) => batch(() => arrived.forEach(receive)));
  client.on('event', (event) => events.push({ event, at: serverNow() }));
  client.on('joined', ({ conversation }) => {
    events.flush();
    for (const call of find(conversation)) call.joined(serverNow());
  });
  client.on('reset', ({ conversation }) => {
    events.flush();
    for (const call of find(conversation)) call.reset();
  });
  client.on('error', ({ code, conversation }) => {
    if (conversation === undefined || code === 'unavailable' || code === 'timeout') return;
    for (const call of find(conversation)) call.failure.value = failureOf(code);
  });
  client.on('state', ({ state }) => {
    if (state === 'ready') return;
    events.flush();
    for (const call of list.value) call.disconnected();
  });

  function activate(call: Call): void {
    batch(() => {
      active.value = call;
      call.unread.value = 0;
    });
  }

  function close(call: Call): void {
    batch(() => {
      const index = list.value.indexOf(call);
      client.leave(call.asked);
      call.disconnected();
      list.value = list.value.filter((other) => other !== call);
      if (active.value === call) active.value = list.value[Math.min(index, list.value.length - 1)];
    });
  }

  /**
   * An agent who is in the middle of something keeps what is shown. The keys of a text that goes on, such as a summary
   * after the call, would be shortcuts of the next call.
   */
  const isFree = () => {
    const shown = active.value;
    return shown === undefined || (shown.isFinished.value && shown.draft.value === '' && !isWriting());
  };

  return {
    list,
    active: computed(() => active.value),
    open(name, { phone, isQuiet = false } = {}) {
      const known = find(name)[0];
      const call = known ?? new Call(name, phone);
      batch(() => {
        if (known === undefined) list.value = [...list.value, call];
        if (!isQuiet || isFree()) activate(call);
        const finished = list.value.filter((other) => other.phone === call.phone && other.isFinished.value);
        if (phone !== undefined)
          for (const old of finished.slice(0, Math.max(0, finished.length - FINISHED_MAX))) close(old);
      });
      if (known === undefined || known.failure.value !== undefined) join(call);
      return call;
    },
    activate,
    step(by) {
      const calls = list.value;
      const index = active.value === undefined ? -1 : calls.indexOf(active.value);
      const next = calls[(index + by + calls.length) % calls.length];
      if (next !== undefined) activate(next);
    },
    close,
  };

  function join(call: Call): void {
    call.failure.value = undefined;
    client.join(call.asked).catch((error: unknown) => {
      const code = (error as { code?: unknown } | null)?.code;
      if (code !== 'left' && code !== 'closed') call.failure.value = failureOf(code);
    });
  }
}

function failureOf(code: unknown): JoinFailure {
  return typeof code === 'string' && FAILURES.includes(code) ? (code as JoinFailure) : 'other';
}

/** Names are equal with and without the location; the relay names a conversation without. */
function isSame(one: string, other: string): boolean {
  return withoutLocation(one) === withoutLocation(other);
}

function withoutLocation(name: string): string {
  return name.replace(/\/locations\/[^/]+/, '');
}
