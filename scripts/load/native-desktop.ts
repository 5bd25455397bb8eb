import { WebSocket } from 'ws';
import { ClientError, type ClientState, createClient } from '../../relay/client/index.ts';
import { closeText, type Desktop, type DesktopOptions, lineFaults } from './desktop.ts';

/** Codes of the client's errors after which it tries again by itself, or that this desktop has caused. */
const PASSING = ['unavailable', 'timeout', 'token', 'not-joined'];
const OWN = ['left', 'closed'];

/** The project's own client, on a WebSocket that can be cut and can stop reading. */
export function createNativeDesktop({ url, token, handlers }: DesktopOptions): Desktop {
  let line: WebSocket | undefined;
  let before: ClientState = 'idle';
  let isClosing = false;
  let comesBackAtOnce = false;

  class Line extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { perMessageDeflate: false });
      line = this;
    }
  }

  const client = createClient({ url, getToken: () => token, WebSocket: Line });
  client.on('state', ({ state, code, reason }) => {
    const was = before;
    before = state;
    if (isClosing) return;
    if (state === 'ready') {
      comesBackAtOnce = false;
      handlers.connected();
      return;
    }
    const why = code === 0 ? reason : closeText(code, reason);
    if (was === 'ready') handlers.lost(why);
    else if (state === 'waiting') handlers.failed(`connect: ${why}`);
    if (state === 'closed') handlers.refused(`connect: ${why}`);
    if (state === 'waiting' && comesBackAtOnce) client.connect();
  });
  client.on('joined', handlers.joined);
  client.on('event', handlers.event);
  client.on('reset', () => handlers.failed('reset: the history of a conversation was lost'));
  client.on('error', ({ code, conversation }) => {
    if (conversation !== undefined && !PASSING.includes(code)) handlers.refused(`join: ${code}`);
    else handlers.failed(`client: ${code}`);
  });

  const faults = lineFaults(() => line);
  return {
    connect: () => client.connect(),
    join(conversation) {
      client.join(conversation).catch((error: unknown) => {
        const code = error instanceof ClientError ? error.code : 'failed';
        if (!OWN.includes(code)) handlers.refused(`join: ${code}`);
      });
    },
    leave: (conversation) => client.leave(conversation),
    ...faults,
    cutAndReturn() {
      comesBackAtOnce = true;
      faults.cut();
    },
    close() {
      isClosing = true;
      client.close();
    },
  };
}
