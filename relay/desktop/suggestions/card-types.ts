// What the page shows of suggestions: one type a kind. Source of the fields: the protos of v2 and v2beta1.
import type { CitedPart } from './citations.ts';

/** A document that an answer rests on. */
export interface Source {
  title: string;
  /** Where it opens, http or https. */
  href?: string;
  /** Where it is, when no browser can open it, such as `gs://bucket/file`. */
  address?: string;
  excerpt: string;
}

/** A name and a value: metadata of a document, a parameter, a context of a search. */
export interface Detail {
  name: string;
  value: string;
}

/** A part of a card with a text that the agent may use. */
export interface Answer {
  /** The resource that takes the feedback. */
  answerRecord?: string;
  /** What insert and copy use, `''` where there is nothing to use. */
  text: string;
}

interface CardOf<Kind extends string, A extends Answer = Answer> {
  /** Unique in a conversation, and the same in a replay. */
  id: string;
  kind: Kind;
  answers: readonly A[];
  /** Resource name of the utterance that the suggestion answers. */
  latestMessage?: string;
  /** When the event was published, in milliseconds since 1970; 0 where it is not known. */
  publishedAt: number;
  /** The page has it from the history: it was not shown at the time, or has been shown before. */
  isReplayed: boolean;
}

export interface ReplyAnswer extends Answer {
  /** From 0 to 1. */
  confidence?: number;
}
export type RepliesCard = CardOf<'replies', ReplyAnswer>;

export interface ArticleAnswer extends Answer {
  source: Source;
  snippets: readonly string[];
  details: readonly Detail[];
}
export type ArticlesCard = CardOf<'articles', ArticleAnswer>;

export interface FaqAnswer extends Answer {
  question: string;
  confidence?: number;
  details: readonly Detail[];
}
export type FaqCard = CardOf<'faq', FaqAnswer>;

/** A search that the agent may start. */
export interface SuggestedQuery {
  text: string;
  contexts: readonly Detail[];
  answerRecord?: string;
}

export type KnowledgeOrigin = 'faq' | 'generative' | 'playbook' | 'event' | 'unknown';

export interface KnowledgeAnswer extends Answer {
  origin: KnowledgeOrigin;
  /** The question of the FAQ, or the name of the event. */
  originName: string;
  sources: readonly Source[];
}

export interface KnowledgeCard extends CardOf<'knowledge', KnowledgeAnswer> {
  /** What the answer is about; the agent may search for it where there is no answer. */
  query?: SuggestedQuery;
  furtherQueries: readonly SuggestedQuery[];
  /** Why there is no answer, or not a better one. */
  reasons: readonly Reason[];
}

/** Why a feature suggests nothing. */
export interface Reason {
  step: 'query' | 'category' | 'search' | 'context';
  /** The value of Dialogflow's enum. */
  code: string;
  /** The ingested parameter that the reason is about. */
  parameter?: string;
}

/** A text of a generator of its own. */
export interface HintCard extends CardOf<'hint'> {
  generator?: string;
}

export interface SummarySection {
  name: string;
  text: string;
}
export interface SummaryCard extends CardOf<'summary'> {
  sections: readonly SummarySection[];
}

export interface Instruction {
  name: string;
  details: string;
  condition: string;
  agentAction: string;
  systemAction: string;
}
export interface CoachingAction {
  text: string;
  /** Names of the instructions that it comes from. */
  instructions: readonly string[];
  /** It says what an earlier suggestion said. */
  isDuplicate: boolean;
}
export interface CoachingResponse extends Answer {
  instructions: readonly string[];
  isDuplicate: boolean;
}
export interface CoachingCard extends CardOf<'coaching', CoachingResponse> {
  instructions: readonly Instruction[];
  actions: readonly CoachingAction[];
}

export interface ToolCall {
  name: string;
  action: string;
  description: string;
  parameters: Readonly<Record<string, unknown>>;
  needsConfirmation: boolean;
  /** What the agent says meanwhile. */
  progress: string;
  result?: { text: string; isError: boolean };
}
export interface ToolCard extends CardOf<'tool'> {
  call: ToolCall;
}

export interface GuidanceCard extends CardOf<'guidance'> {
  /** The reply in parts, each with the numbers of its sources, from 0. */
  reply: readonly CitedPart[];
  action: readonly CitedPart[];
  explanation: string;
  instruction?: { name: string; details: string; condition: string; actions: readonly string[] };
  sources: readonly Source[];
  webQueries: readonly string[];
  /** It follows from the results of tools. */
  followsTool: boolean;
}

export interface AssistAnswer extends Answer {
  /** Name of the intent that was matched or is proposed. */
  intent: string;
  description: string;
  parameters: readonly Detail[];
  /** An intent to choose, without an answer of the virtual agent. */
  isIntent: boolean;
}
export type AssistCard = CardOf<'assist', AssistAnswer>;

export interface EntityAnswer extends Answer {
  parameters: readonly Detail[];
}
export type EntitiesCard = CardOf<'entities', EntityAnswer>;

/** One feature failed; the other results of the event hold. */
export interface ErrorCard extends CardOf<'error'> {
  /** Of google.rpc, 0 where there is none. */
  code: number;
  message: string;
}

/** A feature that suggests nothing, and says why. */
export interface EmptyCard extends CardOf<'empty'> {
  reasons: readonly Reason[];
}

/** A kind that the page does not know. */
export interface UnknownCard extends CardOf<'unknown'> {
  /** The field that holds the suggestion. */
  field: string;
}

export type Card =
  | RepliesCard
  | ArticlesCard
  | FaqCard
  | KnowledgeCard
  | HintCard
  | SummaryCard
  | CoachingCard
  | ToolCard
  | GuidanceCard
  | AssistCard
  | EntitiesCard
  | ErrorCard
  | EmptyCard
  | UnknownCard;

export type CardKind = Card['kind'];

/** An event with suggestions, as the page has parsed it. */
export interface SuggestionEvent {
  /** The same in a replay. */
  id: string;
  publishedAt: number;
  isReplayed: boolean;
  /** The JSON of a HumanAgentAssistantEvent. */
  payload: unknown;
}

/** What a parser adds to the base: a card without what all cards of its event have in common. */
export type CardBody = Card extends infer C
  ? C extends Card
    ? Omit<C, 'id' | 'publishedAt' | 'isReplayed'>
    : never
  : never;
