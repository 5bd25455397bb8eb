import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { AgentAccess } from '../actions/agent-participant.ts';
import { type CallServices, createCallServices } from '../actions/call-services.ts';
import { insertInto } from '../actions/draft.ts';
import type { DialogflowApi } from '../api/dialogflow-api.ts';
import type { NoAnswerReason } from '../api/no-participant.ts';
import type { IntentChoice, SuggestionInput } from '../api/types.ts';
import type { CompanionStream } from '../companion/messages.ts';
import type { Desktop } from '../desktop.ts';
import type { CardActions } from '../suggestions/card-actions.ts';
import { patchOf, type SubmittedSummary, summaryFields } from '../suggestions/feedback.ts';
import { SuggestionsState } from '../suggestions/suggestions-state.ts';
import { utteranceOf } from '../transcript/lines.ts';
import type { PanelName } from '../ui/panels.ts';
import type { Call } from './call.ts';

/** What an agent works with in one call. */
export interface CallTools {
  services: ReadonlySignal<CallServices>;
  /** What the agent may do; `unknown` where Dialogflow did not tell, undefined until it has. */
  access: ReadonlySignal<AgentAccess | 'unknown' | undefined>;
  /** Why the agent cannot write; undefined where it can, or may be able to: Dialogflow says when the agent sends. */
  noAnswer: ReadonlySignal<NoAnswerReason | undefined>;
  /** Asks Dialogflow what the agent may do. */
  look(): Promise<void>;
  /** Sends what is in the answer box. */
  send(text: string): Promise<void>;
  /** Why a text that was sent from a card did not arrive. The text is in the answer box then. */
  sendFailure: ReadonlySignal<{ error: unknown } | undefined>;
  /** A query that a card proposes. */
  suggested: ReadonlySignal<{ query: string } | undefined>;
  /** What the panel of the suggestions remembers. */
  suggestions: SuggestionsState;
  actions: CardActions;
  /** Opens a stream to the companion. */
  openCompanion(payload: object): CompanionStream;
  participant(): Promise<string>;
  /** What is spoken in the call, else the browser's language: a code of BCP 47. */
  languageCode(): string;
  submitSummary(answerRecord: string, summary: SubmittedSummary): Promise<void>;
}

const COMPANION = 'streaming_reactive_companion_suggestions';

/** @param show brings a panel to the front. */
export function createCallTools(
  call: Call,
  { api, client }: Pick<Desktop, 'api' | 'client'>,
  show: (panel: PanelName) => void,
): CallTools {
  const languageCode = () => call.transcript.peek().languageCode || navigator.language;
  const services = computed(() => createCallServices(api, call.resource.value || call.asked, languageCode));
  const access = signal<AgentAccess | 'unknown' | undefined>(undefined);
  const noAnswer = computed(() => {
    if (call.isFinished.value) return 'ended';
    return access.value === 'unknown' ? undefined : access.value?.noAnswer;
  });
  const sendFailure = signal<{ error: unknown } | undefined>(undefined);
  const suggested = signal<{ query: string } | undefined>(undefined);

  const participant = () => services.peek().agent.name();

  async function decide(suggestionInput: SuggestionInput | IntentChoice): Promise<void> {
    await api.analyzeContent(await participant(), { suggestionInput });
  }

  async function send(text: string): Promise<void> {
    sendFailure.value = undefined;
    await services.peek().send(text);
  }

  return {
    services,
    access,
    noAnswer,
    async look() {
      const asked = services.peek();
      const found = await asked.agent.look().catch(() => 'unknown' as const);
      if (asked === services.peek()) access.value = found;
    },
    send,
    sendFailure,
    suggested,
    suggestions: new SuggestionsState(),
    actions: {
      insert: (text) => insertInto(call.draft, text),
      canInsert: computed(() => noAnswer.value === undefined),
      isEnded: computed(() => noAnswer.value === 'ended'),
      send(text) {
        send(text).catch((error: unknown) => {
          insertInto(call.draft, text);
          sendFailure.value = { error };
        });
      },
      copy: (text) => navigator.clipboard.writeText(text),
      open(uri) {
        if (/^https?:\/\//i.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
      },
      search(query) {
        show('search');
        suggested.value = { query };
      },
      runTool: decide,
      chooseIntent: decide,
      async followUps(text) {
        return api.suggestSmartReplies(await participant(), { text, languageCode: languageCode() });
      },
      jumpTo(messageName) {
        if (utteranceOf(call.transcript.peek().lines, messageName) === undefined) return;
        show('transcript');
        call.jump.value = messageName;
      },
    },
    openCompanion: (payload) => client.stream(COMPANION, payload),
    participant,
    languageCode,
    submitSummary: (answerRecord, summary) => submitSummary(api, answerRecord, summary),
  };
}

/** Told each time: an agent may edit a summary again that was submitted. */
async function submitSummary(
  api: DialogflowApi,
  answerRecord: string,
  summary: SubmittedSummary,
): Promise<void> {
  const { feedback, updateMask } = patchOf(summaryFields(api.version, summary));
  await api.patchAnswerRecord(answerRecord, feedback, updateMask);
}
