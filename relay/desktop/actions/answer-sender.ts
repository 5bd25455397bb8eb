import type { DialogflowApi } from '../api/dialogflow-api.ts';

export interface AnswerSenderDeps {
  api: Pick<DialogflowApi, 'analyzeContent'>;
  /** The agent's name as a participant. */
  participant: () => Promise<string>;
  /** The conversation's: a code of BCP 47. */
  languageCode: () => string;
  newId?: () => string;
}

/**
 * Sends what the agent writes. A text that failed keeps its id: when the agent sends it again, Dialogflow adds no second
 * message, even if the first one arrived and only its answer was lost.
 */
export function createAnswerSender(deps: AnswerSenderDeps): (text: string) => Promise<void> {
  const { api, newId = () => crypto.randomUUID() } = deps;
  /** By text: the ids of what Dialogflow has not confirmed. */
  const unconfirmed = new Map<string, string>();

  return async (text) => {
    const requestId = unconfirmed.get(text) ?? newId();
    unconfirmed.set(text, requestId);
    const participant = await deps.participant();
    await api.analyzeContent(participant, {
      textInput: { text, languageCode: deps.languageCode() },
      requestId,
    });
    unconfirmed.delete(text);
  };
}
