import type { CardBody, GuidanceCard, Source } from './card-types.ts';
import { citedParts, supportsOf } from './citations.ts';
import { type JsonObject, list, object, optional, text, texts } from './json.ts';
import { chunkSource, distinct, placeOf, sourceOf } from './sources.ts';
import { toolCalls } from './tool-parser.ts';

/** GenerateCompanionSuggestionsResponse: what the companion agent advises, and the tools that it wants to call. */
export function guidances(value: unknown): CardBody[] {
  const response = object(value);
  const latest = optional('latestMessage', response.latestMessage);
  const record = optional('answerRecord', response.answerRecord);
  return list(object(response.companionSuggestion).guidances).flatMap((item) => {
    const guidance = object(item);
    return [...guidanceCard(guidance, record, latest), ...toolCalls(list(guidance.toolCalls), latest)];
  });
}

function guidanceCard(
  guidance: JsonObject,
  record: { answerRecord?: string },
  latest: { latestMessage?: string },
): CardBody[] {
  const reply = text(guidance.suggestedReply);
  const action = text(guidance.suggestedAction);
  const explanation = text(guidance.explanation);
  const sources = knowledgeSources(guidance.knowledgeSources);
  const grounding = object(guidance.groundingMetadata);
  const chunks = list(grounding.groundingChunks).map(chunkSource);
  const all = distinct([...sources, ...chunks.filter((source) => source !== undefined)]);
  if (reply === '' && action === '' && explanation === '' && all.length === 0) return [];
  const places = new Map(all.map((source, index) => [placeOf(source), index]));
  const numberOf = (chunk: number) => {
    const source = chunks[chunk];
    return source && places.get(placeOf(source));
  };
  const supports = list(grounding.groundingSupports);
  const ofReply = supportsOf(reply, supports);
  const rest = supports.filter((support) => !ofReply.includes(support));
  return [
    {
      kind: 'guidance',
      answers: [{ text: reply, ...record }],
      reply: citedParts(reply, ofReply, numberOf),
      action: citedParts(action, rest, numberOf),
      explanation,
      ...instructionOf(guidance.instructionSource),
      sources: all,
      webQueries: texts(grounding.webSearchQueries),
      followsTool: texts(guidance.triggeringToolCallAnswerRecords).length > 0,
      ...latest,
    },
  ];
}

function knowledgeSources(value: unknown): Source[] {
  return list(value)
    .map(object)
    .map((source) =>
      sourceOf(source.knowledgeArticleTitle, source.knowledgeArticleUrl, source.knowledgeSnippet),
    )
    .filter((source) => source !== undefined);
}

function instructionOf(value: unknown): Pick<GuidanceCard, 'instruction'> {
  const source = object(value);
  const instruction = {
    name: text(source.displayName),
    details: text(source.displayDetails),
    condition: text(source.condition),
    actions: list(source.actions)
      .map((action) => text(object(action).description))
      .filter((action) => action !== ''),
  };
  const isEmpty =
    [instruction.name, instruction.details, instruction.condition].every((part) => part === '') &&
    instruction.actions.length === 0;
  return isEmpty ? {} : { instruction };
}
