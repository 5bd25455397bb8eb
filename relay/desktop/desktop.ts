import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { createClient } from '../client/index.ts';
import type { Client } from '../client/types.ts';
import { createDialogflowApi, type DialogflowApi } from './api/dialogflow-api.ts';
import { createRelayCalls } from './api/relay-calls.ts';
import type { Call } from './calls/call.ts';
import { type Calls, createCalls } from './calls/calls.ts';
import type { Destination } from './calls/destination.ts';
import { createPhoneLines, type PhoneLines } from './calls/phone-lines.ts';
import { type ConnectionState, reduceConnection } from './connection/connection-state.ts';
import { nextFrame } from './events/event-pacer.ts';
import { isWriting } from './keyboard/typing.ts';
import { agentCredential } from './session/credential.ts';
import { createSignIn, type SignIn } from './session/sign-in.ts';
import { Feedback } from './suggestions/feedback-sender.ts';

/** All that the page shows and does, without a view. */
export interface Desktop {
  signIn: SignIn;
  client: Client;
  api: DialogflowApi;
  /** Tells Dialogflow what the agent does with suggestions. */
  feedback: Feedback;
  connection: ReadonlySignal<ConnectionState>;
  /** How often the page has become live. */
  timesLive: ReadonlySignal<number>;
  /** Events that were caught up so far, in all calls, while that goes on. */
  catchingUp: ReadonlySignal<number>;
  calls: Calls;
  lines: PhoneLines;
  /** Joins a conversation, or waits for the calls of a phone number. */
  open(destination: Destination): void;
  /** Closes a call; the page does not wait for other calls of its phone number either. */
  close(call: Call): void;
  /** What is open, so that a page that is loaded again opens it again. */
  destinations: ReadonlySignal<readonly Destination[]>;
}

const request: typeof fetch = (input, init) => fetch(input, init);

/** @param url the relay's address, e.g. `.` for where the page came from. */
export function createDesktop(
  url: string,
  signIn: SignIn = createSignIn(request, Date.now, agentCredential),
): Desktop {
  const api = createDialogflowApi({ call: createRelayCalls({ signIn, request, now: Date.now }) });
  // A new token for every connection, so that none is refused because the page has been open for an hour.
  const client = createClient({ url, getToken: signIn.register });
  const connection = signal<ConnectionState>({ is: 'idle' });
  const timesLive = signal(0);
  client.on('state', (change) => {
    if (change.state === 'ready') timesLive.value++;
    connection.value = reduceConnection(connection.value, change, Date.now());
  });
  const calls = createCalls(client, () => Date.now() - signIn.skewMs(), { isWriting, nextFrame });
  const lines = createPhoneLines(signIn, calls);
  const destinations = computed(() => [
    ...lines.list.value.map(({ phone }): Destination => ({ is: 'phone', phone })),
    ...calls.list.value
      .filter(({ phone }) => phone === undefined)
      .map(({ asked }): Destination => ({ is: 'conversation', name: asked })),
  ]);

  return {
    signIn,
    client,
    api,
    feedback: new Feedback({ patchAnswerRecord: api.patchAnswerRecord }),
    connection,
    timesLive,
    catchingUp: computed(() => calls.list.value.reduce((sum, call) => sum + call.catchingUp.value, 0)),
    calls,
    lines,
    open(destination) {
      if (client.state === 'idle') client.connect();
      if (destination.is === 'phone') lines.watch(destination.phone);
      else calls.open(destination.name);
    },
    close(call) {
      calls.close(call);
      const { phone } = call;
      if (phone !== undefined && !call.isFinished.peek()) lines.unwatch(phone);
    },
    destinations,
  };
}

/** Keeps what is open in the page's address. */
export function keepInAddress(desktop: Desktop, write: (destinations: readonly Destination[]) => void): void {
  effect(() => write(desktop.destinations.value));
}
