import type { CardBody, ToolCall } from './card-types.ts';
import { isObject, type JsonObject, object, optional, text } from './json.ts';

/**
 * Cards of calls of tools.
 *
 * @param calls each a ToolCallInfo, or a ToolCallSuggestion that holds one.
 */
export function toolCalls(calls: readonly unknown[], latest: { latestMessage?: string }): CardBody[] {
  return calls.flatMap((item): CardBody[] => {
    const suggestion = object(item);
    const info = isObject(suggestion.toolCallInfo) ? suggestion.toolCallInfo : suggestion;
    const call = object(info.toolCall);
    const result = object(info.toolCallResult);
    const parsed: ToolCall = {
      name: text(call.toolDisplayName) || lastSegment(sourceName(call) || sourceName(result)),
      action: text(call.action) || text(result.action),
      description: text(call.toolDisplayDetails),
      parameters: object(call.inputParameters),
      needsConfirmation: call.state === 'NEEDS_CONFIRMATION',
      progress: text(suggestion.textUpdate),
      ...resultOf(result),
    };
    if (parsed.name === '' && parsed.action === '' && parsed.progress === '') return [];
    const record = text(call.answerRecord) || text(result.answerRecord);
    const answer = {
      text: parsed.result?.isError ? '' : (parsed.result?.text ?? ''),
      ...optional('answerRecord', record),
    };
    return [{ kind: 'tool', answers: [answer], call: parsed, ...latest }];
  });
}

/** The member of the oneof that names the tool. */
function sourceName(call: JsonObject): string {
  return text(call.tool) || text(call.cesTool) || text(call.cesToolset) || text(call.cesApp);
}

function lastSegment(name: string): string {
  return name.split('/').at(-1) ?? '';
}

function resultOf(result: JsonObject): { result?: { text: string; isError: boolean } } {
  const { error, content, rawContent } = result;
  if (isObject(error)) return { result: { text: text(error.message), isError: true } };
  if (typeof content === 'string') return { result: { text: text(content), isError: false } };
  if (typeof rawContent === 'string') return { result: { text: decoded(rawContent), isError: false } };
  return {};
}

/** Base64 of text. Bytes that are no text are not shown. */
function decoded(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    return '';
  }
}
