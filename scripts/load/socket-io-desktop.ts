import { io, NodeWebSocket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { EVENT_KINDS } from '../../shared/event.ts';
import type { DeliveredEvent } from '../../shared/wire.ts';
import { closeText, type Desktop, type DesktopOptions, lineFaults } from './desktop.ts';

/** A relay gives a page of a browser the place where it continues. */
const USER_AGENT = 'Mozilla/5.0 (agent-assist-load)';
const JOIN_LIMIT_MS = 10_000;
const AGAIN_MS = 1_000;
/** The client's own pauses before it connects again, in milliseconds. */
const PAUSES = { least: 1_000, most: 5_000, jitter: 0.5 };

/** socket.io-client as existing desktops use it: it joins by the conversation's name, in the handler of `connect`. */
export function createSocketIoDesktop({ url, token, handlers }: DesktopOptions): Desktop {
  let line: WebSocket | undefined;
  let conversation: string | undefined;
  let isClosing = false;

  class Line extends NodeWebSocket {
    override createSocket(...args: Parameters<NodeWebSocket['createSocket']>): WebSocket {
      const socket: unknown = super.createSocket(...args);
      if (!(socket instanceof WebSocket)) throw new Error('socket.io-client does not use the package ws');
      line = socket;
      return socket;
    }
  }

  const socket = io(url, {
    auth: { token },
    transports: [Line],
    extraHeaders: { 'user-agent': USER_AGENT },
    reconnectionDelay: PAUSES.least,
    reconnectionDelayMax: PAUSES.most,
    randomizationFactor: PAUSES.jitter,
    // Connections that share a client would share one socket.
    forceNew: true,
    autoConnect: false,
  });
  for (const kind of EVENT_KINDS) socket.on(kind, (event: DeliveredEvent) => handlers.event(event));
  socket.on('connect', () => {
    setPauses(PAUSES);
    handlers.connected();
    if (conversation !== undefined) ask(conversation);
  });
  socket.on('connect_error', ({ message }) => {
    if (isClosing) return;
    if (socket.active) handlers.failed(`connect: ${message}`);
    else handlers.refused(`connect: ${message}`);
  });
  socket.on('disconnect', (reason, details) => {
    if (isClosing) return;
    handlers.lost(reasonOf(reason, details));
    // After this reason the client would not connect again by itself.
    if (reason === 'io server disconnect') setTimeout(() => isClosing || socket.connect(), AGAIN_MS).unref();
  });
  socket.on('removed-from-conversation', ({ reason }: { reason: string }) =>
    handlers.refused(`join: ${reason}`),
  );

  function ask(name: string): void {
    const answered = (error: Error | null, isJoined?: unknown, reason?: unknown) => {
      // The connection has ended, or the conversation was left: the answer to a later join counts.
      if (isClosing || !socket.connected || conversation !== name) return;
      if (isJoined === true) handlers.joined();
      else if (error === null && !String(reason).includes('try again'))
        handlers.refused(`join: ${String(reason)}`);
      else {
        handlers.failed(error === null ? `join: ${String(reason)}` : 'join: no answer in time');
        setTimeout(() => conversation === name && socket.connected && ask(name), AGAIN_MS).unref();
      }
    };
    socket.timeout(JOIN_LIMIT_MS).emit('join-conversation', name, answered);
  }

  function setPauses({ least, most, jitter }: typeof PAUSES): void {
    socket.io.reconnectionDelay(least);
    socket.io.reconnectionDelayMax(most);
    socket.io.randomizationFactor(jitter);
  }

  const faults = lineFaults(() => line);
  return {
    connect: () => void socket.connect(),
    join(name) {
      conversation = name;
      if (socket.connected) ask(name);
    },
    leave(name) {
      if (conversation === name) conversation = undefined;
      // The relay recognizes pages of older clients by the acknowledgements that they ask for.
      if (socket.connected) socket.emit('leave-conversation', name, () => {});
    },
    ...faults,
    cutAndReturn() {
      setPauses({ least: 0, most: 0, jitter: 0 });
      faults.cut();
    },
    close() {
      isClosing = true;
      socket.disconnect();
    },
  };
}

/** The close code and its reason, where the connection has ended with one. */
function reasonOf(reason: string, details: unknown): string {
  const context = (details as { context?: { code?: unknown; reason?: unknown } } | undefined)?.context;
  if (typeof context?.code !== 'number') return reason;
  return closeText(context.code, String(context.reason ?? ''));
}
