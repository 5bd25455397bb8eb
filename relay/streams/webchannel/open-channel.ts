import type { Dispatcher } from 'undici';
import { type Credentials, NO_CREDENTIALS } from '../../google/credentials.ts';
import type { StreamLimits } from '../limits.ts';
import { STREAM_CODE, StreamError } from '../stream-error.ts';
import { type Channel, WebChannel } from './channel.ts';
import { STREAM_METHODS, webChannelOrigin } from './requests.ts';
import { UpstreamCalls } from './upstream-calls.ts';

export interface OpenOptions {
  /** One of `STREAM_METHODS`. */
  method: string;
  /** In lower case, as it stands in resource names. */
  location: string;
  /** Ends the stream as {@link Channel.close} does, also while it opens. */
  signal?: AbortSignal;
}

/** @throws {StreamError} */
export type OpenChannel = (options: OpenOptions) => Promise<Channel>;

export interface ChannelOpenerDeps {
  /** The origin that stands in for Dialogflow at every location; never sent `credentials`. */
  endpoint: string | undefined;
  credentials: Credentials;
  /** Such as `streamAgent`. */
  dispatcher: Dispatcher;
  limits: StreamLimits;
}

/** Opens streams to Dialogflow over WebChannel, which Google's front ends offer beside gRPC. */
export function webChannelOpener(deps: ChannelOpenerDeps): OpenChannel {
  const { endpoint, dispatcher, limits } = deps;
  const credentials = endpoint === undefined ? deps.credentials : NO_CREDENTIALS;
  return async ({ method, location, signal }) => {
    const path = Object.hasOwn(STREAM_METHODS, method) ? STREAM_METHODS[method] : undefined;
    if (path === undefined) throw new StreamError(STREAM_CODE.invalidArgument, 'the method is not known');
    const origin = endpoint === undefined ? webChannelOrigin(location) : new URL(endpoint).origin;
    const calls = new UpstreamCalls({ origin, credentials, dispatcher });
    const channel = new WebChannel({ path, calls, limits });
    const onAbort = () => channel.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    channel.onEnd(() => signal?.removeEventListener('abort', onAbort));
    if (signal?.aborted) onAbort();
    await channel.open();
    return channel;
  };
}
