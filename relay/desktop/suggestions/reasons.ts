import type { Reason } from './card-types.ts';
import { list, object, text } from './json.ts';

/** Values that say nothing: the enums' defaults, and the one for "no particular reason". */
const SILENT = /_UNSPECIFIED$|^NONE$|^INGESTION_STATUS_SUCCEEDED$|^$/;

/**
 * Why a knowledge answer is missing or poor. Source: KnowledgeAssistDebugInfo and SearchKnowledgeDebugInfo, which
 * Dialogflow sends when the conversation profile sets `enableResponseDebugInfo`.
 */
export function reasonsOf(debugInfo: unknown): Reason[] {
  const info = object(debugInfo);
  const ingested = object(info.ingestedContextReferenceDebugInfo);
  const reasons: Reason[] = [
    { step: 'query', code: text(info.queryGenerationFailureReason) },
    { step: 'category', code: text(info.queryCategorizationFailureReason) },
    { step: 'search', code: text(info.datastoreResponseReason) },
    ...(ingested.projectNotAllowlisted === true
      ? [{ step: 'context', code: 'PROJECT_NOT_ALLOWLISTED' } as const]
      : []),
    ...list(ingested.ingestedParametersDebugInfo)
      .map(object)
      .map(({ parameter, ingestionStatus }) => ({
        step: 'context' as const,
        code: text(ingestionStatus),
        ...(text(parameter) === '' ? {} : { parameter: text(parameter) }),
      })),
  ];
  return reasons.filter(({ code }) => !SILENT.test(code));
}
