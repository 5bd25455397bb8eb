import type { io as connect, Socket } from 'socket.io-client';

/** What a page is told when it starts. */
export interface PageConfig {
  /** Where the relay is. */
  url: string;
  conversations: readonly string[];
  transports: readonly ('websocket' | 'polling')[];
  token: string;
  /** Where the page fetches a token for each connection. Without it the page has one token for good. */
  tokenUrl?: string | undefined;
  /** Whether the page calls `io()` for each connection, so that the client takes each for a new page. */
  opensAnew?: boolean;
  /** More headers of the handshake, which only clients outside a browser can send. */
  extraHeaders?: Record<string, string>;
}

/** What a page has seen so far. */
export interface Seen {
  /** Message ids by conversation, in the order in which the page's handler got them. */
  ids: Record<string, string[]>;
  /** The Socket.IO ids of its connections. */
  sockets: string[];
  /** Joins of the present connection that the relay has answered. */
  joined: number;
  refusedJoins: string[];
  refusedConnects: number;
  isConnected: boolean;
  /** Whether an event had an argument behind the envelope. */
  hasOffsets: boolean;
  /** Questions of {@link PageHandle.ask} that are answered. */
  answers: number;
}

/** What a test can tell a page. */
export interface PageHandle {
  seen: Seen;
  join(conversation: string): void;
  /** Leaves a conversation: what the page has shown of it is gone. */
  leave(conversation: string): void;
  /** Asks the companion agent a question over a stream, as this participant. */
  ask(participant: string): void;
  disconnect(): void;
  connect(): void;
  /** Shows a wrong token with the next CONNECT, and the right one after the refusal. */
  spoilToken(): void;
  /** Somebody else logs in on the same Socket: what the page has shown so far is gone. */
  login(token: string): void;
  /** From now on the handler of events fails, or works again. */
  setFailing(isFailing: boolean): void;
  close(): void;
}

/** How a page script starts: a function of its own, because its text also runs in a browser. */
export type PageScript<Client> = (client: Client, config: PageConfig, seen: Seen) => PageHandle;

/** What a page has seen before it is connected. */
export const nothingSeen = (conversations: readonly string[]): Seen => ({
  ids: Object.fromEntries(conversations.map((conversation) => [conversation, []])),
  sockets: [],
  joined: 0,
  refusedJoins: [],
  refusedConnects: 0,
  isConnected: false,
  hasOffsets: false,
  answers: 0,
});

/** A page as existing desktops are: it joins by name whenever it is connected. */
export const runSocketIoPage: PageScript<typeof connect> = (io, config, seen) => {
  let isFailing = false;
  let isClosed = false;
  let token = config.token;
  /** Does it soon, unless the page is closed then. */
  const soon = (act: () => void, ms: number) => {
    setTimeout(() => {
      if (!isClosed) act();
    }, ms);
  };
  const authorize = (answer: (auth: object) => void): void => {
    fetch(config.tokenUrl ?? '')
      .then((response) => response.text())
      .then(
        (fresh) => answer({ token: fresh }),
        () => soon(() => authorize(answer), 100),
      );
  };
  const auth = () => (config.tokenUrl === undefined ? { token } : authorize);
  const join = (socket: Socket, conversation: string) => {
    const { id } = socket;
    socket.emit('join-conversation', conversation, (ok: boolean, reason: string) => {
      if (!ok) seen.refusedJoins.push(reason);
      else if (socket.id === id) seen.joined++;
    });
  };
  const open = (): Socket => {
    const socket = io(config.url, {
      auth: auth(),
      transports: [...config.transports],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      ...(config.extraHeaders === undefined ? {} : { extraHeaders: config.extraHeaders }),
    });
    socket.on('connect', () => {
      seen.sockets.push(socket.id ?? '');
      seen.isConnected = true;
      seen.joined = 0;
      for (const conversation of config.conversations) join(socket, conversation);
    });
    socket.on('disconnect', () => {
      seen.isConnected = false;
      if (!config.opensAnew) return;
      socket.close();
      soon(() => {
        current = open();
      }, 50);
    });
    socket.on('connect_error', ({ message }) => {
      if (message !== 'authentication failed') return;
      seen.refusedConnects++;
      socket.auth = auth();
      soon(() => socket.connect(), 50);
    });
    socket.on('new-message-event', (event: { conversation_name: string; message_id: string }, ...more) => {
      if (more.length > 0) seen.hasOffsets = true;
      seen.ids[event.conversation_name]?.push(event.message_id);
      if (isFailing) throw new Error('the handler of the page fails');
    });
    socket.on('stream-data', ({ payload }: { payload: { isFinal?: boolean } }) => {
      if (payload.isFinal) seen.answers++;
    });
    return socket;
  };
  let current = open();
  return {
    seen,
    join: (conversation) => join(current, conversation),
    leave: (conversation) => {
      current.emit('leave-conversation', conversation, () => {});
      seen.ids[conversation] = [];
    },
    ask: (participant) => {
      const method = 'streaming_reactive_companion_suggestions';
      const payload = { participant, textInput: 'How long does a delivery take?' };
      current.emit('stream-request', { streamId: 's', method, payload });
    },
    disconnect: () => void current.disconnect(),
    connect: () => void current.connect(),
    spoilToken: () => {
      current.auth = { token: 'wrong' };
    },
    login: (next) => {
      current.disconnect();
      token = next;
      for (const conversation of config.conversations) seen.ids[conversation] = [];
      current.auth = auth();
      current.connect();
    },
    setFailing: (next) => {
      isFailing = next;
    },
    close: () => {
      isClosed = true;
      current.close();
    },
  };
};
