import type { ClientInfo } from '../access/client-info.ts';
import type { Credentials } from '../google/credentials.ts';
import { DesktopStreams, type DesktopStreamsDeps } from './desktop-streams.ts';
import type { StreamLimits } from './limits.ts';
import { StreamError } from './stream-error.ts';
import { StreamOccupancy } from './stream-occupancy.ts';
import type { StreamingDesktop, Streams } from './streaming-desktop.ts';
import { webChannelOpener } from './webchannel/open-channel.ts';
import { streamAgent } from './webchannel/upstream-calls.ts';

/** The relay's own parts that streams use. */
export interface StreamsDeps {
  /** `webChannelEndpoint` is the origin that stands in for Dialogflow's WebChannel. */
  config: { readonly webChannelEndpoint: string | undefined };
  credentials: Credentials;
  limits: { readonly streams: StreamLimits };
  now: () => number;
}

/** What the connections of a relay share. */
export type SharedDeps = Omit<DesktopStreamsDeps, 'openChannel' | 'occupancy' | 'limits' | 'now'>;

/** The streams of all desktops of a relay. */
export function createStreams(
  { config, credentials, limits, now }: StreamsDeps,
  shared: SharedDeps,
): Streams {
  const dispatcher = streamAgent(limits.streams);
  const endpoint = config.webChannelEndpoint;
  const openChannel = webChannelOpener({ endpoint, credentials, dispatcher, limits: limits.streams });
  const occupancy = new StreamOccupancy(limits.streams);
  const deps = { ...shared, openChannel, occupancy, limits: limits.streams, now };
  const bySession = new WeakMap<object, DesktopStreams>();
  const open = (desktop: StreamingDesktop, client: ClientInfo) => {
    const streams = new DesktopStreams(desktop, client, deps);
    bySession.set(desktop.session, streams);
    return streams;
  };
  return {
    open,
    attach(socket, desktop) {
      // Most desktops never stream, so theirs are made with the first request.
      let streams: DesktopStreams | undefined;
      const opened = () => {
        streams ??= open(desktop, socket.data.client);
        return streams;
      };
      const failed = (error: unknown, answer: Answer) => {
        if (!(error instanceof StreamError))
          shared.logger.warn({ err: error }, 'a request of a stream failed');
        answer(false, error instanceof StreamError ? error.message : 'the request failed: try again');
      };
      socket.on('stream-request', (...parameters) => {
        const answer = answerOf(parameters);
        opened()
          .request(parameters[0])
          .then(
            (streamId) => answer(true, streamId),
            (error: unknown) => failed(error, answer),
          );
      });
      socket.on('end-stream', (...parameters) => {
        const answer = answerOf(parameters);
        try {
          answer(true, opened().end(parameters[0]));
        } catch (error) {
          failed(error, answer);
        }
      });
      socket.on('leave-conversation', (name) => streams?.left(name));
      socket.on('disconnect', () => streams?.close());
    },
    revoked: (session, conversations) => bySession.get(session)?.revoked(conversations),
    close: () => void dispatcher.destroy(),
  };
}

type Answer = (...answer: [done: true, streamId: string] | [done: false, reason: string]) => void;

/** The acknowledgement among a packet's parameters, where the desktop asks for one. */
function answerOf(parameters: readonly unknown[]): Answer {
  const last = parameters.at(-1);
  return typeof last === 'function' ? (...answer) => last(...answer) : () => {};
}
