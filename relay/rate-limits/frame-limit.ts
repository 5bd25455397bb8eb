import type { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { ConnectionAllowance } from './agent-limiter.ts';
import { type BucketRate, TokenBucket } from './token-bucket.ts';

/** What an agent may send over all its connections; undefined before the connection's token. */
type AllowanceOf = () => Pick<ConnectionAllowance, 'takeMessage'> | undefined;

/** Events that are messages of the agent. Others answer what the relay has sent. */
const MESSAGES = new Set(['message', 'packet']);

/** Lets a WebSocket take longer frames than its server was made for, which ws keeps to itself. */
export function allowFrames(webSocket: WebSocket, maxBytes: number): void {
  (webSocket as unknown as { _receiver: { _maxPayload: number } })._receiver._maxPayload = maxBytes;
}

/**
 * Counts every frame of a WebSocket, pings and pongs too: each costs the relay time, whatever is in it.
 *
 * @param onFlood called once, when there were too many. Nothing more is read from the connection; what is read already comes still.
 */
export function limitFrames(
  webSocket: WebSocket,
  rate: BucketRate,
  allowanceOf: AllowanceOf,
  onFlood: () => void,
): void {
  const flooded = () => {
    webSocket.pause();
    onFlood();
  };
  limitEvents(webSocket, ['message', 'ping', 'pong'], rate, allowanceOf, flooded);
}

/** @param onFlood called once, when there were more of these events than the rate allows. */
export function limitEvents(
  source: Pick<EventEmitter, 'on'>,
  events: readonly string[],
  rate: BucketRate,
  allowanceOf: AllowanceOf,
  onFlood: () => void,
): void {
  // Made with the first event: most of what is pending sends none.
  let bucket: TokenBucket | undefined;
  let isFlooded = false;
  const count = (isMessage: boolean) => {
    bucket ??= new TokenBucket(rate);
    const isAllowed = bucket.take() && (!isMessage || allowanceOf()?.takeMessage() !== false);
    if (isFlooded || isAllowed) return;
    isFlooded = true;
    onFlood();
  };
  const onMessage = () => count(true);
  const onOther = () => count(false);
  for (const event of events) source.on(event, MESSAGES.has(event) ? onMessage : onOther);
}
