import { smartReplies } from './answer-parsers.ts';
import type { CardActions } from './card-actions.ts';
import type {
  Answer,
  AssistAnswer,
  Card,
  CardKind,
  RepliesCard,
  Source,
  SuggestedQuery,
  ToolCard,
} from './card-types.ts';
import type { Fault, Rating } from './feedback.ts';
import type { Feedback } from './feedback-sender.ts';
import type { SuggestionsState } from './suggestions-state.ts';
import type { Parameters } from './tool-parameters.ts';

export interface CardCommandsOptions {
  actions: CardActions;
  feedback: Feedback;
  state: SuggestionsState;
  /** A supervisor reads only: Dialogflow is told nothing. */
  isReadOnly: boolean;
  now?: () => Date;
}

/** Kinds whose text is for the customer. Summaries, extracted values, links and results of tools are for elsewhere. */
const FOR_CUSTOMERS: readonly CardKind[] = [
  'replies',
  'faq',
  'knowledge',
  'hint',
  'coaching',
  'guidance',
  'assist',
];

/** Whether the answer has a text for the answer box. */
export function isInsertable(card: Card, answer: Answer): boolean {
  return answer.text !== '' && FOR_CUSTOMERS.includes(card.kind);
}

export type ToolDecision = 'confirm' | 'revise' | 'cancel';

/** What an agent does with cards, by mouse and by keyboard alike: the action on the page, and the feedback about it. */
export class CardCommands {
  readonly #options: CardCommandsOptions;
  /** How often follow-ups were asked for. */
  #asked = 0;

  constructor(options: CardCommandsOptions) {
    this.#options = options;
  }

  get isReadOnly(): boolean {
    return this.#options.isReadOnly;
  }

  /** Whether the agent can write to the customer. A component that reads it is rendered again when it changes. */
  get canInsert(): boolean {
    return !this.isReadOnly && this.#options.actions.canInsert?.value !== false;
  }

  /** Whether the call is over. */
  get isEnded(): boolean {
    return this.#options.actions.isEnded?.value === true;
  }

  /**
   * Whether Dialogflow is told when the card is in view. A card from the history was in view before, or at a time when
   * nobody looked.
   */
  isReported(card: Card): boolean {
    return !this.isReadOnly && !card.isReplayed;
  }

  /** The card is in view. */
  shown(card: Card): void {
    if (!this.isReported(card)) return;
    const records = new Map(card.answers.map((answer) => [answer.answerRecord, answer]));
    for (const answer of records.values()) this.#options.feedback.displayed(answer);
  }

  insert(card: Card, answer: Answer): void {
    if (!this.canInsert || !isInsertable(card, answer)) return;
    this.#options.actions.insert(answer.text);
    this.#options.feedback.used(card.kind, answer, { how: 'inserted' });
    if (card.kind === 'replies') void this.#askForFollowUps(card, answer.text);
  }

  send(card: Card, answer: Answer): void {
    if (!this.canInsert || !isInsertable(card, answer)) return;
    this.#options.actions.send(answer.text);
    this.#options.feedback.used(card.kind, answer, { how: 'sent' });
  }

  /** @param part of the answer, all of it where it is left out. */
  async copy(card: Card, answer: Answer, part = answer.text): Promise<void> {
    if (this.isReadOnly || part === '') return;
    const isCopied = await this.#options.actions.copy(part).then(
      () => true,
      () => false,
    );
    this.#options.state.copied.value = { answer, part, isCopied };
    if (isCopied) this.#options.feedback.used(card.kind, answer, { how: 'copied' });
  }

  open(card: Card, answer: Answer | undefined, { href }: Source): void {
    if (href === undefined) return;
    this.#options.actions.open(href);
    if (answer && !this.isReadOnly)
      this.#options.feedback.used(card.kind, answer, { how: 'opened', uri: href });
  }

  search(card: Card, query: SuggestedQuery): void {
    if (this.isReadOnly) return;
    this.#options.actions.search(query.text);
    this.#options.feedback.used(card.kind, query, { how: 'searched' });
  }

  async rate(answer: Answer, rating: Rating): Promise<void> {
    // The card says that it failed: see `Opinion`.
    if (!this.isReadOnly) await this.#options.feedback.rate(answer, rating).catch(() => {});
  }

  async blame(answer: Answer, fault: Fault): Promise<void> {
    if (!this.isReadOnly) await this.#options.feedback.blame(answer, fault).catch(() => {});
  }

  jump({ latestMessage }: Card): void {
    if (latestMessage !== undefined) this.#options.actions.jumpTo(latestMessage);
  }

  /**
   * Decides about a tool's call, once: a second click while the first one is under way does nothing.
   *
   * @param parameters as edited. Those of the proposal have to be sent, too: Dialogflow calls the tool without any
   * otherwise.
   */
  async decide(card: ToolCard, decision: ToolDecision, parameters: Readonly<Parameters>): Promise<void> {
    const answerRecord = card.answers[0]?.answerRecord;
    const run = this.runOf(card);
    if (answerRecord === undefined || !this.mayDecide(card)) return;
    const isCancelled = decision === 'cancel';
    run.value = { state: 'sending', isCancelled };
    try {
      await this.#options.actions.runTool({
        answerRecord,
        action: isCancelled ? 'CANCEL' : decision === 'revise' ? 'REVISE' : 'CONFIRM',
        ...(isCancelled ? {} : { parameters: { ...parameters } }),
        sendTime: this.#now().toISOString(),
      });
      run.value = { state: 'sent', isCancelled, resultBefore: card.call.result?.text };
    } catch (error) {
      run.value = { state: 'failed', error };
    }
  }

  /** Chooses an intent, once. What the virtual agent makes of it comes as an event. */
  async choose({ answerRecord }: AssistAnswer): Promise<void> {
    if (this.isReadOnly || this.isEnded || answerRecord === undefined) return;
    const run = this.#options.state.runOf(answerRecord);
    if (run.value.state === 'sending' || run.value.state === 'sent') return;
    run.value = { state: 'sending', isCancelled: false };
    try {
      await this.#options.actions.chooseIntent({ answerRecord, sendTime: this.#now().toISOString() });
      run.value = { state: 'sent', isCancelled: false, resultBefore: undefined };
      this.#options.feedback.used('assist', { answerRecord }, { how: 'sent' });
    } catch (error) {
      run.value = { state: 'failed', error };
    }
  }

  /** Where a choice of the intent stands. */
  choiceOf({ answerRecord = '' }: AssistAnswer) {
    return this.#options.state.runOf(answerRecord);
  }

  /** Without a word when it fails: the agent has not asked for it. */
  async #askForFollowUps(card: RepliesCard, reply: string): Promise<void> {
    const { followUps } = this.#options.state;
    const shown = followUps.peek();
    const below = shown?.card === card ? shown.below : card.id;
    followUps.value = undefined;
    const asked = ++this.#asked;
    const response = await this.#options.actions.followUps(reply).catch(() => ({}));
    const [body] = smartReplies(response);
    // The agent may have inserted another reply in between.
    if (asked !== this.#asked || body?.kind !== 'replies') return;
    const next = { ...body, id: `${below}-next-${asked}`, publishedAt: 0, isReplayed: false };
    followUps.value = { below, card: next };
    this.shown(next);
  }

  /** Whether the agent may decide about a tool's call. */
  mayDecide(card: ToolCard): boolean {
    const hasRecord = card.answers[0]?.answerRecord !== undefined;
    return hasRecord && !this.isReadOnly && !this.isEnded && this.isOpen(card);
  }

  /** Whether a decision is still to come: nothing is under way, and what was sent has its result. */
  isOpen(card: ToolCard): boolean {
    const run = this.runOf(card).value;
    if (run.state !== 'sent') return run.state !== 'sending';
    return !run.isCancelled && run.resultBefore !== card.call.result?.text;
  }

  runOf(card: ToolCard) {
    return this.#options.state.runOf(card.answers[0]?.answerRecord ?? card.id);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}
