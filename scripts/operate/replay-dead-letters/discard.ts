import { RequestError } from '../../request-error.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Pubsub } from './pubsub.ts';

/** Acknowledges dead letters without publishing them: nothing brings them back. Ends between two of them. */
export async function discard(
  pubsub: Pick<Pubsub, 'acknowledge'>,
  subscription: string,
  letters: readonly DeadLetter[],
  { signal, onDone }: { signal: AbortSignal; onDone: (letter: DeadLetter) => void },
): Promise<{ done: number; fault: string | undefined }> {
  let done = 0;
  for (const letter of letters) {
    if (signal.aborted) return { done, fault: 'interrupted' };
    try {
      await pubsub.acknowledge(subscription, letter.received.ackId);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { done, fault: error.message };
    }
    done++;
    onDone(letter);
  }
  return { done, fault: undefined };
}
