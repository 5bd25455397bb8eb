import { useComputed } from '@preact/signals';
import type { Card } from './card-types.ts';
import { useTools } from './tools-context.ts';

/** Whether keys act on this card. */
export function useIsCurrent(card: Card): boolean {
  const { state } = useTools();
  return useComputed(() => state.current.value === card.id).value;
}

/** Whether keys act on this answer of a card that has several. */
export function useIsAnswerCurrent(card: Card, index: number): boolean {
  const { state } = useTools();
  return useComputed(
    () => card.answers.length > 1 && state.current.value === card.id && state.answer.value === index,
  ).value;
}
