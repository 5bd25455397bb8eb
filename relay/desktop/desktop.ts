// The agent desktop page: waits for the call of the phone number in its address, joins it and shows it.
import type { io as connect } from 'socket.io-client';
import { createBackend } from './backend.ts';
import { ConversationView, type ReceivedEvent } from './conversation-view.ts';

/** Set by the script that index.html loads before this one. */
declare const io: typeof connect;

const EVENTS = [
  'human-agent-assistant-event',
  'new-message-event',
  'conversation-lifecycle-event',
  'new-recognition-result-notification-event',
];
/** Between two looks for the next call, in milliseconds. */
const LOOKUP_MS = 1_500;
/** Before the next attempt after a refused connection, in milliseconds; Socket.IO itself gives up then. */
const REFUSED_MS = 5_000;

const elementOf = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element;
};
const connection = elementOf('connection');
const views = {
  transcript: elementOf('transcript'),
  interim: elementOf('interim'),
  suggestions: elementOf('suggestions'),
  lifecycle: elementOf('lifecycle'),
};

// A `+` that was not encoded has become a space.
const phone = new URLSearchParams(location.search).get('phone')?.replace(/^ /, '+') ?? '';
const backend = createBackend();
let conversation = '';
let view: ConversationView | undefined;

const socket = io({
  transports: ['websocket'],
  autoConnect: false,
  // A new token for every connection, so that none is refused because the page has been open for an hour.
  auth: (send) => {
    backend.register().then(
      (token) => send({ token }),
      () => send({}),
    );
  },
});

socket.on('connect', () => {
  connection.textContent = 'connected';
  if (conversation !== '') join();
});
socket.on('disconnect', () => {
  connection.textContent = 'disconnected, connecting again';
});
socket.on('connect_error', ({ message }) => {
  connection.textContent = `not connected: ${message}`;
  // With too many connections, another attempt would end the same way.
  if (!socket.active && message !== 'too many connections') setTimeout(() => socket.connect(), REFUSED_MS);
});
for (const name of EVENTS) {
  socket.on(name, (event: ReceivedEvent & { conversation_name: string }) => {
    if (shortName(conversation) === event.conversation_name) view?.show(event);
  });
}

if (phone === '') {
  elementOf('finder').hidden = false;
  connection.textContent = 'not needed yet';
} else {
  socket.connect();
  void lookForCalls();
}

async function lookForCalls(): Promise<never> {
  for (;;) {
    if (view === undefined || view.isFinished) await lookForCall();
    await new Promise((resolve) => setTimeout(resolve, LOOKUP_MS));
  }
}

async function lookForCall(): Promise<void> {
  try {
    const found = await backend.conversationOf(phone);
    if (found === '' || found === conversation) return;
    if (conversation !== '') socket.emit('leave-conversation', conversation);
    conversation = found;
    view = new ConversationView(views);
    elementOf('conversation').textContent = found;
    if (socket.connected) join();
  } catch (error) {
    views.lifecycle.textContent = error instanceof Error ? error.message : 'the call could not be looked up';
  }
}

function join(): void {
  socket.emit('join-conversation', conversation, (isJoined: boolean) => {
    if (!isJoined) views.lifecycle.textContent = 'the relay refused to show this call';
  });
}

/** Without the location, as the relay's events name a conversation. */
function shortName(name: string): string {
  return name.replace(/\/locations\/[^/]+/, '');
}
