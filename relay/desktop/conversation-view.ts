import { type CardLine, suggestionCards } from './suggestion-cards.ts';

/** The fields of the relay's events that the page uses. */
export interface ReceivedEvent {
  data: string;
  data_type: string;
  publish_time: string;
  message_id: string;
  participant_role?: string;
  new_recognition_result_message_id?: string;
}

export interface ViewElements {
  transcript: HTMLElement;
  interim: HTMLElement;
  suggestions: HTMLElement;
  lifecycle: HTMLElement;
}

interface ConversationEvent {
  type?: string;
  newMessagePayload?: { name?: string; content?: string; participantRole?: string };
  newRecognitionResultPayload?: { transcript?: string };
}

const SPEAKERS: Record<string, string> = {
  HUMAN_AGENT: 'Agent',
  END_USER: 'Customer',
  AUTOMATED_AGENT: 'Virtual agent',
};
const LIFECYCLE: Record<string, string> = {
  CONVERSATION_STARTED: 'in progress',
  CONVERSATION_FINISHED: 'finished',
  HUMAN_INTERVENTION_NEEDED: 'needs an agent',
  UNRECOVERABLE_ERROR: 'failed',
};

/**
 * Shows one conversation. Events may repeat after a reconnect and need not come in order: a repeated one is shown once,
 * messages stand in the order of their publishing, and interim text never follows the message it became.
 */
export class ConversationView {
  readonly #elements: ViewElements;
  readonly #seen = new Set<string>();
  readonly #interim = new Map<string, { element: HTMLElement; time: number }>();
  readonly #over = new Set<string>();
  #isFinished = false;

  constructor(elements: ViewElements) {
    this.#elements = elements;
    for (const element of Object.values(elements)) element.replaceChildren();
    elements.lifecycle.textContent = 'waiting';
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  show(event: ReceivedEvent): void {
    const key = `${event.data_type} ${event.message_id}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const data: unknown = JSON.parse(event.data);
    if (typeof data !== 'object' || data === null) return;
    if (event.data_type === 'human-agent-assistant-event') this.#showSuggestions(data);
    else if (event.data_type === 'new-message-event') this.#showMessage(data, event);
    else if (event.data_type === 'conversation-lifecycle-event') this.#showLifecycle(data);
    else if (event.data_type === 'new-recognition-result-notification-event') this.#showInterim(data, event);
  }

  #showMessage({ newMessagePayload: message }: ConversationEvent, event: ReceivedEvent): void {
    const id = message?.name?.split('/').at(-1) ?? '';
    this.#over.add(id);
    this.#interim.get(id)?.element.remove();
    this.#interim.delete(id);
    const row = spoken(message?.participantRole, message?.content);
    const time = Date.parse(event.publish_time) || 0;
    row.dataset.time = String(time);
    const rows = [...this.#elements.transcript.children];
    const later = rows.find((other) => Number((other as HTMLElement).dataset.time) > time);
    this.#elements.transcript.insertBefore(row, later ?? null);
    row.scrollIntoView({ block: 'nearest' });
  }

  #showInterim({ newRecognitionResultPayload: result }: ConversationEvent, event: ReceivedEvent): void {
    const id = event.new_recognition_result_message_id ?? '';
    const time = Date.parse(event.publish_time) || 0;
    const shown = this.#interim.get(id);
    if (id === '' || this.#over.has(id) || this.#isFinished || (shown && shown.time > time)) return;
    const element = spoken(event.participant_role, result?.transcript);
    if (shown) shown.element.replaceWith(element);
    else this.#elements.interim.append(element);
    this.#interim.set(id, { element, time });
  }

  #showSuggestions(data: unknown): void {
    for (const { title, lines } of suggestionCards(data)) {
      const heading = document.createElement('h3');
      heading.textContent = title;
      const item = document.createElement('li');
      item.append(heading, ...lines.map(paragraph));
      this.#elements.suggestions.prepend(item);
    }
  }

  #showLifecycle({ type = '' }: ConversationEvent): void {
    // A start that comes after the end, out of order, must not reopen the call.
    if (this.#isFinished) return;
    this.#elements.lifecycle.textContent = LIFECYCLE[type] ?? 'in progress';
    if (type !== 'CONVERSATION_FINISHED') return;
    this.#isFinished = true;
    this.#elements.interim.replaceChildren();
    this.#interim.clear();
  }
}

function spoken(role: string | undefined, text: string | undefined): HTMLElement {
  const speaker = document.createElement('span');
  speaker.className = 'speaker';
  speaker.textContent = SPEAKERS[role ?? ''] ?? 'Speaker';
  const row = document.createElement('li');
  row.dataset.role = role ?? '';
  row.append(speaker, text ?? '');
  return row;
}

function paragraph({ text, href }: CardLine): HTMLElement {
  const element = document.createElement('p');
  if (href === undefined) {
    element.textContent = text;
    return element;
  }
  const link = document.createElement('a');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.textContent = text;
  element.append(link);
  return element;
}
