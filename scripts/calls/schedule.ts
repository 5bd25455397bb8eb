import { INTERIM_KIND } from '../../shared/event.ts';
import type {
  ConversationEventJson,
  MessageJson,
  ParticipantRole,
  RecognitionJson,
} from '../local/dialogflow/types.ts';
import { type CallEvent, mapTexts } from './call-event.ts';
import { keysPressed } from './keypad.ts';
import type { Entity, Keypad, Scenario, Speaker, Speech, Suggestions } from './scenario.ts';
import { recognise } from './speech.ts';

const ROLES: Readonly<Record<Speaker, ParticipantRole>> = {
  agent: 'HUMAN_AGENT',
  customer: 'END_USER',
  'virtual-agent': 'AUTOMATED_AGENT',
};

/** From the message before until somebody speaks, in milliseconds. An agent looks at the suggestions first. */
const ANSWER_MS: Readonly<Record<Speaker, number>> = { agent: 1_100, customer: 700, 'virtual-agent': 500 };
/** From a voice to the word that it is the voice of, in milliseconds. */
const VOICE_MS = 120;
/** From the last word to the final message, in milliseconds. */
const FINAL_MS = 600;

/** The events that Dialogflow publishes in a call, in the order of their times. */
export function scheduleScenario(scenario: Scenario): CallEvent[] {
  return new Schedule(scenario).events();
}

class Schedule {
  readonly #scenario: Scenario;
  readonly #events: CallEvent[] = [];
  #nowMs = 0;
  #messages = 0;
  #latestMs = 0;
  #answerRecords = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#lifecycle({ type: 'CONVERSATION_STARTED' });
    for (const step of scenario.steps) {
      if (step.type === 'speech') this.#speak(step);
      else if (step.type === 'keypad') this.#press(step);
      else if (step.type === 'suggestions') this.#suggest(step);
      else if (step.type === 'silence') this.#nowMs += step.ms;
      else if (step.type === 'handover') this.#lifecycle({ type: 'HUMAN_INTERVENTION_NEEDED' });
      else if (step.type === 'hang-up') this.#lifecycle({ type: 'CONVERSATION_FINISHED' });
      else {
        const { code, message } = step;
        this.#lifecycle({ type: 'UNRECOVERABLE_ERROR', errorStatus: { code, message } });
      }
    }
  }

  events(): CallEvent[] {
    return this.#events.toSorted((a, b) => a.atMs - b.atMs);
  }

  #lifecycle(event: Pick<ConversationEventJson, 'type' | 'errorStatus'>): void {
    // After a suggestion that is still to come: nothing follows the end of a call.
    const last = Math.max(this.#nowMs, ...this.#events.map(({ atMs }) => atMs));
    this.#nowMs = event.type === 'CONVERSATION_FINISHED' ? last : this.#nowMs;
    this.#events.push({
      atMs: this.#nowMs,
      kind: 'conversation-lifecycle-event',
      attributes: {},
      data: { conversation: '{{conversation}}', ...event },
    });
  }

  #speak({ speaker, text, sentiment, entities = [], misheard = {}, responseMessages }: Speech): void {
    const { language } = this.#scenario;
    const id = `m${++this.#messages}`;
    const startMs = this.#nowMs + ANSWER_MS[speaker];
    const { hearings, endMs } = recognise(text, language, misheard);
    // What a virtual agent says is text already.
    if (speaker !== 'virtual-agent') {
      const report = (atMs: number, result: RecognitionJson) =>
        this.#recognise(startMs + atMs, speaker, id, result);
      report(-VOICE_MS, { messageType: 'SPEECH_ACTIVITY_BEGIN' });
      for (const { atMs, transcript, stability } of hearings) {
        const speechEndOffset = `${((startMs + atMs) / 1_000).toFixed(3)}s`;
        report(atMs, {
          messageType: 'TRANSCRIPT',
          transcript,
          stability,
          speechEndOffset,
          languageCode: language,
        });
      }
      report(endMs + FINAL_MS / 2, { messageType: 'SPEECH_ACTIVITY_END' });
    }
    const doneMs = startMs + endMs + FINAL_MS;
    // Dialogflow has a virtual agent's text before the caller hears it.
    const atMs = speaker === 'virtual-agent' ? startMs : doneMs;
    const message: MessageJson = {
      name: `{{conversation}}/messages/${id}`,
      content: text,
      languageCode: language,
      participant: speaker,
      participantRole: ROLES[speaker],
      createTime: `{{time:${atMs}}}`,
      sendTime: `{{time:${startMs}}}`,
      ...(entities.length > 0 ? { messageAnnotation: annotate(text, entities) } : {}),
      ...(sentiment === undefined
        ? {}
        : {
            sentimentAnalysis: { queryTextSentiment: { score: sentiment, magnitude: Math.abs(sentiment) } },
          }),
      ...(responseMessages === undefined ? {} : { responseMessages }),
    };
    this.#events.push({
      atMs,
      kind: 'new-message-event',
      attributes: {},
      data: { conversation: '{{conversation}}', type: 'NEW_MESSAGE', newMessagePayload: message },
    });
    this.#nowMs = doneMs;
    this.#latestMs = atMs;
  }

  #press({ digits }: Keypad): void {
    const id = `m${++this.#messages}`;
    const presses = keysPressed(digits);
    for (const { atMs, result } of presses) {
      this.#recognise(this.#nowMs + ANSWER_MS.customer + atMs, 'customer', id, result);
    }
    this.#nowMs += ANSWER_MS.customer + (presses.at(-1)?.atMs ?? 0);
  }

  #recognise(
    atMs: number,
    speaker: Speaker,
    messageId: string,
    newRecognitionResultPayload: RecognitionJson,
  ): void {
    this.#events.push({
      atMs,
      kind: INTERIM_KIND,
      // The event itself tells neither speaker nor message: only these attributes do.
      attributes: { participant_id: speaker, participant_role: ROLES[speaker], message_id: messageId },
      data: { conversation: '{{conversation}}', type: 'NEW_RECOGNITION_RESULT', newRecognitionResultPayload },
    });
  }

  #suggest({ results, afterMs }: Suggestions): void {
    const atMs = this.#latestMs + afterMs;
    const names: Readonly<Record<string, () => string>> = {
      latest: () => `{{conversation}}/messages/m${this.#messages}`,
      now: () => `{{time:${atMs}}}`,
      record: () => `{{location}}/answerRecords/{{call}}-${++this.#answerRecords}`,
    };
    const suggestionResults = mapTexts([...results], (text) =>
      text
        .replace(/\{\{record:([\w-]+)\}\}/g, '{{location}}/answerRecords/{{call}}-$1')
        .replace(/\{\{(latest|now|record)\}\}/g, (_whole, name: string) => names[name]?.() ?? ''),
    );
    this.#events.push({
      atMs,
      kind: 'human-agent-assistant-event',
      attributes: {},
      data: {
        conversation: '{{conversation}}',
        participant: '{{conversation}}/participants/agent',
        suggestionResults,
      },
    });
  }
}

/** The text in parts, some of which are entities. */
function annotate(text: string, entities: readonly Entity[]): NonNullable<MessageJson['messageAnnotation']> {
  const parts: NonNullable<NonNullable<MessageJson['messageAnnotation']>['parts']> = [];
  let end = 0;
  for (const entity of entities) {
    const start = text.indexOf(entity.text, end);
    if (start < 0) throw new Error(`"${entity.text}" does not stand in "${text}"`);
    if (start > end) parts.push({ text: text.slice(end, start) });
    parts.push({ text: entity.text, entityType: entity.type, formattedValue: entity.value });
    end = start + entity.text.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return { parts, containEntities: true };
}
