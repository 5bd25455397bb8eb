// What was said in a call is replaced by words that say nothing. Only what is listed here is kept: a field that is not
// known yet is taken for content.

const WORDS =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua'.split(
    ' ',
  );

/** Texts with one of few values, or that only Dialogflow writes. */
const KEPT_TEXTS: Readonly<Record<string, RegExp>> = {
  ...named(/^[A-Z][A-Z0-9_]{0,63}$/, [
    'type',
    'messageType',
    'participantRole',
    'state',
    'triggeringEvent',
    'triggerEvent',
    'datastoreResponseReason',
    'queryGenerationFailureReason',
    'queryCategorizationFailureReason',
    'ingestionStatus',
  ]),
  ...named(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, ['languageCode']),
  ...named(/^\d{1,9}(\.\d{1,9})?s$/, ['speechEndOffset', 'startOffset', 'endOffset']),
  ...named(/^@sys\.[a-z-]{1,40}$/, ['entityType']),
  // As `RecordedNames` calls them, and the attributes of an interim transcript.
  ...named(/^(?:agent|customer|virtual-agent)$/, ['participant']),
};

const KEPT_NUMBERS = new Set([
  'code',
  'confidence',
  'stability',
  'score',
  'magnitude',
  'similarityScore',
  'intentDetectionConfidence',
  'speechRecognitionConfidence',
  'contextSize',
  'suggestionIndex',
  'instructionIndexes',
  'groundingChunkIndices',
  'promptTokenCount',
  'candidatesTokenCount',
  'totalTokenCount',
  'latencyMs',
]);

/** Objects whose fields the owner of the call chooses. */
const FREE_OBJECTS = new Set([
  'parameters',
  'inputParameters',
  'metadata',
  'payload',
  'webhookPayload',
  'diagnosticInfo',
  'cesDebugInfo',
]);

/** What must have a form of its own. */
const REPLACED: Readonly<Record<string, unknown>> = {
  ...namedValue('https://help.example/placeholder', ['uri', 'knowledgeArticleUrl']),
  domain: 'help.example',
  formattedValue: 'lorem',
  dtmfEvents: undefined,
  rawContent: '',
  details: [],
};

/** The same event with placeholders in the place of what was said, suggested and typed. */
export function withPlaceholders<T>(value: T): T {
  return replaceIn(value, '') as T;
}

/** @param field The name of the field that has the value, or the list that the value is in. */
function replaceIn(value: unknown, field: string): unknown {
  if (field === 'dtmfEvents' && Array.isArray(value)) return value.map(() => 'DTMF_ZERO');
  if (Object.hasOwn(REPLACED, field) && REPLACED[field] !== undefined) return REPLACED[field];
  if (FREE_OBJECTS.has(field)) return { placeholder: 'lorem' };
  if (Array.isArray(value)) return value.map((each) => replaceIn(each, field));
  if (typeof value === 'string') return KEPT_TEXTS[field]?.test(value) ? value : words(value);
  if (typeof value === 'number') return KEPT_NUMBERS.has(field) ? value : 0;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaceIn(member, name)]));
}

/** A name or a time that `RecordedNames` has made. */
const RECORDED_NAME = /^\{\{(?:conversation|location|call|time:-?\d+)\}\}[\w./{}-]*$/;

/** As many words as the text has: an interim transcript still grows into its message. */
function words(text: string): string {
  if (RECORDED_NAME.test(text)) return text;
  const segments = new Intl.Segmenter('en', { granularity: 'word' }).segment(text);
  const count = [...segments].filter(({ isWordLike }) => isWordLike).length;
  return Array.from({ length: count }, (_, index) => WORDS[index % WORDS.length]).join(' ');
}

function named(pattern: RegExp, names: readonly string[]): Record<string, RegExp> {
  return Object.fromEntries(names.map((name) => [name, pattern]));
}

function namedValue(value: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
