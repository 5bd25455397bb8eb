// The order of cards on the screen, and what is folded because a newer card says the same.
import type { Card, ToolCard } from './card-types.ts';

export interface ArrangedCard {
  card: Card;
  /** Older cards that say the same or are out of date, newest first. */
  earlier: readonly Card[];
}

/** What a card says, computed once a card: a call has hundreds of them. */
const contents = new WeakMap<Card, string>();

/**
 * Newest first; the cards of one event keep their order. Of those that say the same, the newest is shown with the older
 * ones behind it. Replies and summaries are out of date when there are newer ones, and a tool's call is one card
 * from its proposal to its result.
 *
 * @param cards in the order of arrival, which is not that of publishing.
 */
export function arrange(cards: readonly Card[]): ArrangedCard[] {
  const groups = new Map<string, Card[]>();
  for (const card of newestFirst(cards)) {
    const content = contentOf(card);
    const group = groups.get(content);
    if (group) group.push(card);
    else groups.set(content, [card]);
  }
  return [...groups.values()].flatMap(([newest, ...earlier]) => {
    if (newest === undefined) return [];
    return [newest.kind === 'tool' ? toolCall(newest, earlier) : { card: newest, earlier }];
  });
}

/** What is said above a card: `history`, that it and those below came from the history; `shown`, that they did not. */
export type Divider = 'history' | 'shown';

/** @param above the card above, undefined for the first one. */
export function dividerAbove(card: Card, above: Card | undefined): Divider | undefined {
  if (card.isReplayed === (above?.isReplayed ?? false)) return undefined;
  return card.isReplayed ? 'history' : 'shown';
}

function newestFirst(cards: readonly Card[]): Card[] {
  const placed = cards.map((card, index) => ({ card, index, time: card.publishedAt, event: eventOf(card) }));
  const arrivals = new Map<string, number>();
  for (const { event, index } of placed) if (!arrivals.has(event)) arrivals.set(event, index);
  const arrival = (event: string) => arrivals.get(event) ?? 0;
  placed.sort((a, b) => b.time - a.time || arrival(b.event) - arrival(a.event) || a.index - b.index);
  return placed.map(({ card }) => card);
}

function eventOf({ id }: Card): string {
  return id.slice(0, id.lastIndexOf('-'));
}

function contentOf(card: Card): string {
  const known = contents.get(card);
  if (known !== undefined) return known;
  const content = JSON.stringify([card.kind, ...wordsOf(card)]);
  contents.set(card, content);
  return content;
}

/** What tells a card from others of its kind. */
function wordsOf(card: Card): unknown[] {
  const said = card.answers.map((answer) => answer.text);
  switch (card.kind) {
    case 'replies':
    case 'summary':
      return [];
    case 'tool':
      return [card.answers[0]?.answerRecord ?? card.id];
    case 'articles':
      return card.answers.map(({ source, snippets }) => [source.title, source.href ?? snippets]);
    case 'faq':
      return [said, card.answers.map(({ question }) => question)];
    case 'knowledge':
      return [said, card.query?.text, card.furtherQueries.map((query) => query.text)];
    case 'coaching':
      return [said, card.actions.map((action) => action.text), card.instructions.map(({ name }) => name)];
    case 'guidance':
      return [said, card.action.map((part) => part.text), card.explanation];
    case 'assist':
      return card.answers.map(({ text, intent, parameters }) => [text, intent, parameters]);
    case 'error':
      return [card.code, card.message];
    case 'empty':
      return [...card.reasons];
    case 'unknown':
      return [card.field];
    default:
      return said;
  }
}

/**
 * One call of a tool, of its proposal and its result. The result comes with other fields than the proposal: its
 * parameters are those that the agent has edited, and it may lack the name for people and the utterance.
 */
function toolCall(newest: ToolCard, others: readonly Card[]): ArrangedCard {
  if (others.length === 0) return { card: newest, earlier: [] };
  const all = [newest, ...others.filter((card) => card.kind === 'tool')];
  const settled = all.find(({ call }) => call.result) ?? newest;
  const oldestFirst = all.toReversed();
  const proposed = (name: 'name' | 'action' | 'description') =>
    oldestFirst.map(({ call }) => call[name]).find((text) => text !== '') ?? '';
  const hasParameters = ({ call }: ToolCard) => Object.keys(call.parameters).length > 0;
  const call = {
    ...settled.call,
    name: proposed('name'),
    action: proposed('action'),
    description: proposed('description'),
    parameters: (hasParameters(settled) ? settled : (oldestFirst.find(hasParameters) ?? settled)).call
      .parameters,
  };
  const latestMessage = oldestFirst.find((card) => card.latestMessage !== undefined)?.latestMessage;
  const answered = latestMessage === undefined ? {} : { latestMessage };
  return { card: { ...settled, ...answered, id: oldestFirst[0]?.id ?? settled.id, call }, earlier: [] };
}
