import { RequestError } from '../../request-error.ts';
import { type DeadLetter, replayMessage } from './dead-letter.ts';
import type { Pubsub } from './pubsub.ts';

/** A dead letter, and the topic to publish it to. */
export type AddressedLetter = DeadLetter & { topic: string };

/**
 * Those that can be published again.
 *
 * @param to The topic for all of them; default: where each came from.
 * @param withFaulty Also those that a function would drop.
 */
export function addressed(
  letters: readonly DeadLetter[],
  to: string | undefined,
  withFaulty: boolean,
): AddressedLetter[] {
  return letters.flatMap((letter) => {
    const topic = to ?? letter.topic;
    return topic === undefined || (letter.fault !== undefined && !withFaulty) ? [] : [{ ...letter, topic }];
  });
}

export interface Injection {
  /** Published again and acknowledged as dead letters. */
  done: number;
  /** Published again, but still dead letters, too: published once more, each is still one event. */
  unacknowledged: number;
  /** Not touched: they stay dead letters. */
  left: DeadLetter[];
  /** Why it ended before the last. */
  fault: string | undefined;
}

/**
 * Publishes dead letters to where they came from, one after the other in the order given, each acknowledged only when
 * Pub/Sub has confirmed it. Ends between two of them: at the first that cannot be published, and at the signal.
 */
export async function inject(
  pubsub: Pubsub,
  subscription: string,
  letters: readonly AddressedLetter[],
  { signal, onDone }: { signal: AbortSignal; onDone: (letter: DeadLetter) => void },
): Promise<Injection> {
  let done = 0;
  let unacknowledged = 0;
  for (const [index, letter] of letters.entries()) {
    const end = (fault: string) => ({ done, unacknowledged, left: letters.slice(index), fault });
    if (signal.aborted) return end('interrupted');
    try {
      await pubsub.publish(letter.topic, replayMessage(letter.received));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return end(error.message);
    }
    try {
      await pubsub.acknowledge(subscription, letter.received.ackId);
      done++;
      onDone(letter);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      unacknowledged++;
    }
  }
  return { done, unacknowledged, left: [], fault: undefined };
}
