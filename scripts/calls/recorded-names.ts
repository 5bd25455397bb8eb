import type { Envelope } from '../../shared/event.ts';
import type { CallData, CallEvent } from './call-event.ts';
import { mapTexts } from './call-event.ts';

/** Words in the names of Dialogflow's resources; whatever else stands in a name is an id. */
const COLLECTIONS = new Set([
  'agent',
  'agents',
  'answerRecords',
  'apps',
  'companionAgentWorkflows',
  'companionAgents',
  'contexts',
  'conversationModels',
  'conversationProfiles',
  'documents',
  'environments',
  'generators',
  'intents',
  'knowledgeBases',
  'messages',
  'participants',
  'playbooks',
  'sessions',
  'tools',
  'toolsets',
  'users',
]);

/** How participants are called in a recording, as in a scenario. */
const PARTICIPANTS: Readonly<Record<string, string>> = {
  HUMAN_AGENT: 'agent',
  END_USER: 'customer',
  AUTOMATED_AGENT: 'virtual-agent',
};

const TIMES = new Set(['createTime', 'sendTime', 'startTime', 'completeTime', 'endTime', 'updateTime']);

/**
 * Takes the names and times of one call out of its events, so that they can be played as another call: project, location,
 * conversation and all ids are replaced, the same id each time by the same text.
 */
export class RecordedNames {
  readonly #ids = new Map<string, string>();
  #startedAt: number | undefined;

  /** @param envelope The first one gives the start of the call. */
  toCallEvent(envelope: Envelope): CallEvent {
    const publishedAt = Date.parse(envelope.publish_time);
    this.#startedAt ??= publishedAt;
    const published = escapePlaceholders(JSON.parse(envelope.data)) as CallData;
    this.#learnParticipant(published);
    const role = envelope.participant_role ?? '';
    const message = envelope.new_recognition_result_message_id ?? '';
    return {
      atMs: publishedAt - this.#startedAt,
      kind: envelope.data_type,
      attributes:
        role === '' || message === ''
          ? {}
          : {
              participant_id: PARTICIPANTS[role] ?? 'customer',
              participant_role: role,
              message_id: this.#idOf('messages', message),
            },
      data: this.#withoutNames(published, '') as CallData,
    };
  }

  #learnParticipant(event: CallData): void {
    const { participant, participantRole } = ('newMessagePayload' in event && event.newMessagePayload) || {};
    const name = PARTICIPANTS[participantRole ?? ''];
    if (participant !== undefined && name !== undefined) this.#ids.set(`participants ${participant}`, name);
  }

  /** @param field The name of the field that has the value. */
  #withoutNames(value: unknown, field: string): unknown {
    if (typeof value === 'string') return this.#withoutName(value, field);
    if (Array.isArray(value)) return value.map((each) => this.#withoutNames(each, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, this.#withoutNames(member, name)]),
    );
  }

  #withoutName(text: string, field: string): string {
    const time = TIMES.has(field) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(time)) return `{{time:${Math.round(time - (this.#startedAt ?? time))}}}`;
    // The participant of a message is an id alone.
    if (field === 'participant' && !text.includes('/')) return this.#idOf('participants', text);
    const [, path] = /^projects\/[^/\s]+\/(?:locations\/[^/\s]+\/)?([^\s]+)$/.exec(text) ?? [];
    if (path === undefined) return text;
    const [, within] = /^conversations\/[^/]+(.*)$/.exec(path) ?? [];
    return within === undefined
      ? `{{location}}/${this.#withoutIds(path)}`
      : `{{conversation}}${this.#withoutIds(within)}`;
  }

  #withoutIds(path: string): string {
    const parts = path.split('/');
    return parts
      .map((part, index) =>
        part === '' || COLLECTIONS.has(part) ? part : this.#idOf(parts[index - 1] ?? '', part),
      )
      .join('/');
  }

  #idOf(collection: string, id: string): string {
    const key = `${collection} ${id}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    // Suggestions are for the human agent, and the first one may come before the agent has said anything.
    const given = collection === 'participants' ? 'agent' : `${this.#ids.size + 1}`;
    // Answer records are unique in a project, not in a conversation.
    const name = collection === 'answerRecords' ? `{{call}}-${given}` : given;
    this.#ids.set(key, name);
    return name;
  }
}

/** What was said may look like a placeholder. */
function escapePlaceholders<T>(value: T): T {
  return mapTexts(value, (text) => text.replaceAll('{{', '{ {'));
}
