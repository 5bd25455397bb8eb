import type { CardBody, CoachingAction, CoachingResponse, Instruction } from './card-types.ts';
import { type JsonObject, list, number, object, optional, text } from './json.ts';
import { toolCalls } from './tool-parser.ts';

/** GenerateSuggestionsResponse: the suggestions of generators, and the calls of tools that belong to them. */
export function generated(value: unknown): CardBody[] {
  const response = object(value);
  const latest = optional('latestMessage', response.latestMessage);
  return list(response.generatorSuggestionAnswers).flatMap((item) => {
    const answer = object(item);
    const suggestion = object(answer.generatorSuggestion);
    const shared = { ...latest, ...optional('answerRecord', answer.answerRecord) };
    return [
      ...hint(suggestion, shared, answer.sourceGenerator),
      ...summary(suggestion, shared),
      ...coaching(suggestion, shared),
      ...toolCalls(list(suggestion.toolCallInfo), latest),
    ];
  });
}

interface Shared {
  latestMessage?: string;
  answerRecord?: string;
}

function split({ latestMessage, answerRecord }: Shared) {
  return {
    latest: latestMessage === undefined ? {} : { latestMessage },
    record: answerRecord === undefined ? {} : { answerRecord },
  };
}

function hint(suggestion: JsonObject, shared: Shared, generator: unknown): CardBody[] {
  const response = text(object(suggestion.freeFormSuggestion).response);
  if (response === '') return [];
  const { latest, record } = split(shared);
  const name = text(generator).split('/').at(-1);
  return [
    { kind: 'hint', answers: [{ text: response, ...record }], ...optional('generator', name), ...latest },
  ];
}

function summary(suggestion: JsonObject, shared: Shared): CardBody[] {
  const sections = list(object(suggestion.summarySuggestion).summarySections)
    .map(object)
    .map((section) => ({ name: text(section.section), text: text(section.summary) }))
    .filter((section) => section.text !== '');
  if (sections.length === 0) return [];
  const { latest, record } = split(shared);
  const all = sections.map((section) => [section.name, section.text].filter(Boolean).join('\n')).join('\n\n');
  return [{ kind: 'summary', answers: [{ text: all, ...record }], sections, ...latest }];
}

/** AgentCoachingSuggestion: what to do and what to say, by instructions that the customer of Google wrote. */
function coaching(suggestion: JsonObject, shared: Shared): CardBody[] {
  const advice = object(suggestion.agentCoachingSuggestion);
  const instructions = list(advice.applicableInstructions).map(instructionOf);
  const namesOf = (sources: unknown) =>
    list(object(sources).instructionIndexes)
      .map((index) => instructions[number(index) ?? -1]?.name ?? '')
      .filter((name) => name !== '');
  const actions = list(advice.agentActionSuggestions)
    .map(object)
    .map(
      (action): CoachingAction => ({
        text: text(action.agentAction),
        instructions: namesOf(action.sources),
        isDuplicate: isDuplicate(action),
      }),
    )
    .filter((action) => action.text !== '');
  const { latest, record } = split(shared);
  const answers = list(advice.sampleResponses)
    .map(object)
    .map(
      (response): CoachingResponse => ({
        text: text(response.responseText),
        instructions: namesOf(response.sources),
        isDuplicate: isDuplicate(response),
        ...record,
      }),
    )
    .filter((response) => response.text !== '')
    // Duplicates are folded below the rest, and keys walk the answers as they stand on the screen.
    .sort((a, b) => Number(a.isDuplicate) - Number(b.isDuplicate));
  const shown = instructions.filter(({ name, details, condition, agentAction, systemAction }) =>
    [name, details, condition, agentAction, systemAction].some((part) => part !== ''),
  );
  if (answers.length === 0 && actions.length === 0 && shown.length === 0) return [];
  // Without a response there is still an answer, so that the coaching can be rated.
  const rated =
    answers.length > 0 ? answers : [{ text: '', instructions: [], isDuplicate: false, ...record }];
  return [{ kind: 'coaching', answers: rated, instructions: shown, actions, ...latest }];
}

function instructionOf(value: unknown): Instruction {
  const instruction = object(value);
  return {
    name: text(instruction.displayName),
    details: text(instruction.displayDetails),
    condition: text(instruction.condition),
    agentAction: text(instruction.agentAction),
    systemAction: text(instruction.systemAction),
  };
}

/** Dialogflow has found that it says what an earlier suggestion of the conversation said. */
function isDuplicate(suggestion: JsonObject): boolean {
  return list(object(suggestion.duplicateCheckResult).duplicateSuggestions).length > 0;
}
