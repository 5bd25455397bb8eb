import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { CardCommands } from './card-commands.ts';
import type { Feedback } from './feedback-sender.ts';
import type { SuggestionsState } from './suggestions-state.ts';

/** What the components of the cards share. */
export interface Tools {
  commands: CardCommands;
  feedback: Feedback;
  state: SuggestionsState;
  /** The words of an utterance, by its resource name; undefined while the page does not have it. */
  utteranceOf(name: string): string | undefined;
}

export const ToolsContext = createContext<Tools | undefined>(undefined);

export function useTools(): Tools {
  const tools = useContext(ToolsContext);
  if (tools === undefined) throw new Error('a card stands outside of the suggestions panel');
  return tools;
}
