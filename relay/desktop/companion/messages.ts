// The companion agent's messages on a stream, as far as the page uses them. Source: dialogflow.v2beta1,
// StreamingReactiveCompanionSuggestions. What comes from outside may lack any field.

/** What the panel needs of a stream; `client.stream` gives one. */
export interface CompanionStream extends AsyncIterable<object> {
  send(payload: object): void;
  cancel(): void;
  close(): void;
}

export interface GroundingChunk {
  web?: { uri?: string; title?: string; domain?: string };
  retrievedContext?: { uri?: string; title?: string; text?: string };
}

export interface GroundingSupport {
  /** The indexes count bytes of the answer in UTF-8. */
  segment?: { startIndex?: number; endIndex?: number; text?: string };
  groundingChunkIndices?: number[];
}

export interface GroundingMetadata {
  groundingChunks?: GroundingChunk[];
  groundingSupports?: GroundingSupport[];
}

export interface ToolCallInfo {
  toolCall?: {
    answerRecord?: string;
    tool?: string;
    toolDisplayName?: string;
    toolDisplayDetails?: string;
    action?: string;
    inputParameters?: Record<string, unknown>;
    state?: 'TRIGGERED' | 'NEEDS_CONFIRMATION' | (string & {});
  };
  toolCallResult?: {
    content?: string;
    error?: { message?: string };
  };
}

export interface ToolCallSuggestion {
  toolCallInfo?: ToolCallInfo;
}

export interface CompanionMessage {
  responseChunk?: string;
  /** `CANCELLED` confirms a cancel. */
  status?: string | { code?: number };
  reactiveModeFinalResponse?: {
    response?: string;
    groundingMetadata?: GroundingMetadata;
    toolCalls?: ToolCallSuggestion[];
  };
  intermediateToolCallEvents?: { toolCallSuggestions?: ToolCallSuggestion[] };
  /** Another question may be asked. */
  isFinal?: boolean;
  answerRecord?: string;
}

const CANCELLED_CODE = 1;

export function confirmsCancel({ status }: CompanionMessage): boolean {
  return status === 'CANCELLED' || (typeof status === 'object' && status?.code === CANCELLED_CODE);
}

/** The text of a chunk. Earlier versions of the API wrap it. */
export function chunkText({ responseChunk }: CompanionMessage): string {
  return typeof responseChunk === 'string' ? responseChunk : '';
}
