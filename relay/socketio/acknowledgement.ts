import { JoinRequestError } from '../refusals/join-request-error.ts';

/**
 * Called with `(true, NAME)`, `(true, NAME, {cursor, recovered})` or `(false, REASON)`. A desktop that asks for
 * `ack: 'object'` gets all of it in one object, because a promise such as that of `emitWithAck` has one value only.
 */
export type Ack = (isDone: boolean, text: string, more?: object) => void;

const NO_ACK: Ack = () => {};

/**
 * Takes the parameters of a packet: one argument and an optional acknowledgement.
 *
 * @param handle answers the acknowledgement, or rejects.
 * @param refuse answers it when the parameters are wrong or `handle` rejects.
 */
export function answerOne(
  parameters: unknown[],
  handle: (argument: unknown, ack: Ack) => Promise<void>,
  refuse: (err: unknown, ack: Ack, argument: unknown) => void,
): void {
  const last = parameters.at(-1);
  const values = typeof last === 'function' ? parameters.slice(0, -1) : parameters;
  const isObject = asksForObject(values[0]);
  const ack: Ack =
    typeof last !== 'function'
      ? NO_ACK
      : (...answer) => (isObject ? last(objectOf(...answer)) : last(...answer));
  if (values.length === 1) handle(values[0], ack).catch((err: unknown) => refuse(err, ack, values[0]));
  else refuse(new JoinRequestError('expected one argument'), ack, values[0]);
}

const objectOf = (...[joined, text, more]: Parameters<Ack>) =>
  joined ? { joined, conversation: text, ...more } : { joined, reason: text };

function asksForObject(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'ack' in argument && argument.ack === 'object';
}
