import { JoinRequestError } from '../session/join-request.ts';

/** Called with `(true, NAME)`, `(true, NAME, {cursor, recovered})` or `(false, REASON)`. */
export type Ack = (...answer: unknown[]) => void;

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
  refuse: (err: unknown, ack: Ack) => void,
): void {
  const last = parameters.at(-1);
  const ack: Ack = typeof last === 'function' ? (...answer) => last(...answer) : NO_ACK;
  const values = typeof last === 'function' ? parameters.slice(0, -1) : parameters;
  if (values.length === 1) handle(values[0], ack).catch((err: unknown) => refuse(err, ack));
  else refuse(new JoinRequestError('expected one argument'), ack);
}
