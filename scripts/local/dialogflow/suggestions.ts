// What the simulator suggests when a desktop asks. Source of the shapes: the protos of v2 and v2beta1.
import type { Found, Section } from './played-call.ts';

const HELP = {
  title: 'Shipping and returns',
  uri: 'https://example.com/shipping',
  snippet: 'Deliveries take three days. Returns are free for 30 days.',
};

const DELIVERY: Found = { answer: 'Deliveries take three days.', ...HELP };

/** `projects/P/locations/L`, of any name. */
export function locationIn(name: string): string {
  return name.split('/').slice(0, 4).join('/');
}

function newAnswerRecord(name: string): string {
  return `${locationIn(name)}/answerRecords/${crypto.randomUUID()}`;
}

/** What an answer to a question about the latest message says of it; a conversation may have none yet. */
function context(latestMessage: string | undefined): object {
  return latestMessage === undefined ? {} : { latestMessage, contextSize: 1 };
}

export function articles(name: string, latestMessage: string | undefined): object {
  const { title, uri, snippet } = HELP;
  const metadata = { document_display_name: title };
  return {
    articleAnswers: [{ title, uri, snippets: [snippet], metadata, answerRecord: newAnswerRecord(name) }],
    ...context(latestMessage),
  };
}

export function faqAnswers(name: string, latestMessage: string | undefined): object {
  const answer = {
    answer: HELP.snippet,
    confidence: 0.9,
    question: 'How long does a delivery take?',
    source: `${locationIn(name)}/knowledgeBases/demo/documents/faq`,
    metadata: { document_display_name: HELP.title },
    answerRecord: newAnswerRecord(name),
  };
  return { faqAnswers: [answer], ...context(latestMessage) };
}

export function knowledgeAssist(name: string, latestMessage: string | undefined): object {
  const { title, uri, snippet } = HELP;
  return {
    knowledgeAssistAnswer: {
      suggestedQuery: { queryText: 'How long does a delivery take?' },
      suggestedQueryAnswer: {
        answerText: 'Deliveries take three days.',
        generativeSource: { snippets: [{ uri, text: snippet, title, metadata: { doc_id: 'shipping' } }] },
      },
      answerRecord: newAnswerRecord(name),
    },
    ...context(latestMessage),
  };
}

/** A query with the word `nothing` finds nothing, and says why. */
export function knowledgeFound(name: string, query: string, known: Found = DELIVERY): object {
  if (/\bnothing\b/i.test(query))
    return {
      rewrittenQuery: query,
      searchKnowledgeDebugInfo: { datastoreResponseReason: 'SEARCH_EMPTY_RESULTS' },
    };
  const { answer: text, ...source } = known;
  const answer = {
    answer: text,
    answerType: 'GENERATIVE',
    answerSources: [{ ...source, metadata: { doc_id: 'shipping' } }],
    answerRecord: newAnswerRecord(name),
  };
  return { answers: [answer], rewrittenQuery: query };
}

/** What a generator makes of a conversation. */
export function generated(name: string, latestMessage: string | undefined): object {
  const answer = {
    generatorSuggestion: FREE_FORM,
    sourceGenerator: `${locationIn(name)}/generators/demo`,
    answerRecord: newAnswerRecord(name),
  };
  return { generatorSuggestionAnswers: [answer], ...(latestMessage === undefined ? {} : { latestMessage }) };
}

export function generatedStateless(): object {
  return { generatorSuggestion: FREE_FORM };
}

const FREE_FORM = {
  freeFormSuggestion: { response: 'Thank you for waiting. Your parcel arrives tomorrow.' },
};

const SECTIONS = [
  { section: 'Situation', summary: 'The customer asks when a parcel arrives.' },
  { section: 'Action', summary: 'The agent looked the order up.' },
  { section: 'Resolution', summary: 'Y' },
];

const summaryOf = (sections: readonly Section[]) => ({
  text: sections.map(({ section, summary }) => `${section}\n${summary}`).join('\n'),
  textSections: Object.fromEntries(sections.map(({ section, summary }) => [section, summary])),
  baselineModelVersion: '4.0',
});

export function summary(
  name: string,
  latestMessage: string | undefined,
  sections: readonly Section[] = SECTIONS,
): object {
  const made = { sortedTextSections: sections, answerRecord: newAnswerRecord(name) };
  return { summary: { ...summaryOf(sections), ...made }, ...context(latestMessage) };
}

/** @param latestMessage of the conversation that the request holds. */
export function statelessSummary(latestMessage: string | undefined): object {
  return { summary: summaryOf(SECTIONS), ...context(latestMessage) };
}
