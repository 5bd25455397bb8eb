// Builds the patches of answer records: what the agent did with a suggestion. Source: AnswerFeedback of v2 and v2beta1.
import type { CardKind } from './card-types.ts';

export type ApiVersion = 'v2' | 'v2beta1';
export type Rating = 'good' | 'bad';
/** What is wrong with an answer that was rated bad. */
export type Fault = 'irrelevant' | 'incorrect' | 'inefficient';
/** How the agent used an answer. */
export type Use = { how: 'inserted' | 'copied' | 'sent' | 'searched' } | { how: 'opened'; uri: string };
/** Kinds of cards, and the answers of a knowledge search, which no event holds. */
export type FeedbackKind = CardKind | 'search';

/** One field of an AnswerFeedback. */
export interface FeedbackField {
  /** Path below `answerFeedback`. */
  path: string;
  /** Undefined clears the field. */
  value: unknown;
  /** Tells apart what one path takes several times; the path where it is left out. */
  key?: string;
}

/** Body and mask of one `answerRecords.patch`. */
export interface FeedbackPatch {
  feedback: AnswerFeedback;
  /** Paths from the answer record on, such as `answerFeedback.clicked`. */
  updateMask: readonly string[];
}

export type AnswerFeedback = {
  correctnessLevel?: 'NOT_CORRECT' | 'PARTIALLY_CORRECT' | 'FULLY_CORRECT';
  clicked?: boolean;
  clickTime?: string;
  displayed?: boolean;
  displayTime?: string;
  agentAssistantDetailFeedback?: {
    answerRelevance?: 'IRRELEVANT' | 'RELEVANT';
    documentCorrectness?: 'INCORRECT' | 'CORRECT';
    documentEfficiency?: 'INEFFICIENT' | 'EFFICIENT';
    summarizationFeedback?: SummarizationFeedback;
    knowledgeAssistFeedback?: { answerCopied?: boolean; clickedUris?: readonly string[] };
    knowledgeSearchFeedback?: { answerCopied?: boolean; clickedUris?: readonly string[] };
  };
};

/** The two times are `startTime` and `submitTime` in v2, `startTimestamp` and `submitTimestamp` in v2beta1. */
export type SummarizationFeedback = {
  startTime?: string;
  submitTime?: string;
  startTimestamp?: string;
  submitTimestamp?: string;
  summaryText?: string;
  textSections?: Readonly<Record<string, string>>;
};

export interface SubmittedSummary {
  text: string;
  /** Text of each section by its name. */
  sections: Readonly<Record<string, string>>;
  /** When the agent began to edit the summary. */
  startedAt: Date;
  submittedAt: Date;
}

/** What the agent thinks of an answer. */
export interface Judgement {
  rating?: Rating | undefined;
  faults: readonly Fault[];
}

const DETAIL = 'agentAssistantDetailFeedback';
/** The messages that count copies and opened sources. The companion's has no fields. */
const USES: Partial<Record<FeedbackKind, string>> = {
  knowledge: `${DETAIL}.knowledgeAssistFeedback`,
  search: `${DETAIL}.knowledgeSearchFeedback`,
};
const FAULT_FIELDS: Record<Fault, FeedbackField> = {
  irrelevant: { path: `${DETAIL}.answerRelevance`, value: 'IRRELEVANT' },
  incorrect: { path: `${DETAIL}.documentCorrectness`, value: 'INCORRECT' },
  inefficient: { path: `${DETAIL}.documentEfficiency`, value: 'INEFFICIENT' },
};
const FAULT_KINDS = Object.keys(FAULT_FIELDS) as Fault[];
/** The faults that Dialogflow takes of each kind: the last two are about documents. */
const FAULTS: Partial<Record<FeedbackKind, readonly Fault[]>> = {
  articles: ['irrelevant', 'incorrect', 'inefficient'],
  faq: ['irrelevant', 'incorrect', 'inefficient'],
  knowledge: ['irrelevant'],
  search: ['irrelevant'],
};

export function faultsOf(kind: FeedbackKind): readonly Fault[] {
  return FAULTS[kind] ?? [];
}

export function displayedFields(at: Date): FeedbackField[] {
  return [
    { path: 'displayed', value: true },
    { path: 'displayTime', value: at.toISOString() },
  ];
}

export function usedFields(kind: FeedbackKind, use: Use, at: Date): FeedbackField[] {
  const clicked = [
    { path: 'clicked', value: true },
    { path: 'clickTime', value: at.toISOString() },
  ];
  const detail = USES[kind];
  if (detail === undefined || use.how === 'searched') return clicked;
  if (use.how !== 'opened') return [...clicked, { path: `${detail}.answerCopied`, value: true }];
  // Dialogflow appends the addresses of each patch to those it has.
  const path = `${detail}.clickedUris`;
  return [...clicked, { path, value: [use.uri], key: `${path} ${use.uri}` }];
}

/** What Dialogflow has to be told when the agent judges an answer in another way than before. */
export function judgedFields(before: Judgement, now: Judgement): FeedbackField[] {
  const { rating } = now;
  const level = rating && (rating === 'good' ? 'FULLY_CORRECT' : 'NOT_CORRECT');
  const changed = FAULT_KINDS.filter((fault) => before.faults.includes(fault) !== now.faults.includes(fault));
  return [
    ...(rating === before.rating ? [] : [{ path: 'correctnessLevel', value: level }]),
    ...changed.map((fault) => {
      const { path, value } = FAULT_FIELDS[fault];
      return { path, value: now.faults.includes(fault) ? value : undefined };
    }),
  ];
}

export function summaryFields(version: ApiVersion, summary: SubmittedSummary): FeedbackField[] {
  const [start, submit] =
    version === 'v2' ? ['startTime', 'submitTime'] : ['startTimestamp', 'submitTimestamp'];
  const fields: Record<string, unknown> = {
    [start as string]: summary.startedAt.toISOString(),
    [submit as string]: summary.submittedAt.toISOString(),
    summaryText: summary.text,
    textSections: summary.sections,
  };
  return Object.entries(fields).map(([name, value]) => ({
    path: `${DETAIL}.summarizationFeedback.${name}`,
    value,
  }));
}

/** The mask names each field, so that a patch leaves alone what earlier ones have said. A field without a value is cleared. */
export function patchOf(fields: readonly FeedbackField[]): FeedbackPatch {
  const feedback: Record<string, unknown> = {};
  for (const { path, value } of fields) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let parent = feedback;
    for (const name of names) {
      parent[name] ??= {};
      parent = parent[name] as Record<string, unknown>;
    }
    parent[last] = value;
  }
  return { feedback, updateMask: fields.map(({ path }) => `answerFeedback.${path}`) };
}
