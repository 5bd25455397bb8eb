import type { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { type BucketRate, TokenBucket } from './token-bucket.ts';

/**
 * Counts every frame of a WebSocket, pings and pongs too: each costs the relay time, whatever is in it.
 *
 * @param onFlood called once, when there were too many. Nothing more is read from the connection; what is read already comes still.
 */
export function limitFrames(webSocket: WebSocket, rate: BucketRate, onFlood: () => void): void {
  limitEvents(webSocket, ['message', 'ping', 'pong'], rate, () => {
    webSocket.pause();
    onFlood();
  });
}

/** @param onFlood called once, when there were more of these events than the rate allows. */
export function limitEvents(
  source: Pick<EventEmitter, 'on'>,
  events: readonly string[],
  rate: BucketRate,
  onFlood: () => void,
): void {
  // Made with the first event: most of what is pending sends none.
  let bucket: TokenBucket | undefined;
  let isFlooded = false;
  const count = () => {
    bucket ??= new TokenBucket(rate);
    if (isFlooded || bucket.take()) return;
    isFlooded = true;
    onFlood();
  };
  for (const event of events) source.on(event, count);
}
