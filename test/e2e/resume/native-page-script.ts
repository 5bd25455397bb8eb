import type { createClient as create } from '../../../relay/client/index.ts';
import type { PageScript } from './page-script.ts';

/** A page with the project's own client. */
export const runNativePage: PageScript<typeof create> = (createClient, config, seen) => {
  const client = createClient({ url: config.url, getToken: () => config.token });
  client.on('state', ({ state, code }) => {
    seen.isConnected = state === 'ready';
    if (state === 'closed' && code === 4501) seen.refusedConnects++;
    if (state !== 'ready') return;
    seen.sockets.push(String(seen.sockets.length));
    seen.joined = 0;
  });
  client.on('joined', () => void seen.joined++);
  client.on('event', ({ conversation_name, message_id }) => {
    seen.ids[conversation_name]?.push(message_id);
  });
  client.connect();
  const join = (conversation: string) => {
    client.join(conversation).catch((error: Error) => seen.refusedJoins.push(error.message));
  };
  for (const conversation of config.conversations) join(conversation);
  const cannot = () => {
    throw new Error('the native client has no such step');
  };
  return {
    seen,
    join,
    leave: (conversation) => void client.leave(conversation),
    ask: async (participant) => {
      const method = 'streaming_reactive_companion_suggestions';
      const stream = client.stream(method, { participant, textInput: 'How long does a delivery take?' });
      for await (const message of stream) {
        if (!('isFinal' in message)) continue;
        seen.answers++;
        break;
      }
    },
    disconnect: cannot,
    connect: cannot,
    spoilToken: cannot,
    login: cannot,
    setFailing: cannot,
    close: () => client.close(),
  };
};
