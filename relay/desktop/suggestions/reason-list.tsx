import { type StringKey, t } from '../strings/strings.ts';
import type { Reason } from './card-types.ts';

/** What the values of Dialogflow's enums mean to an agent or an operator. */
const MEANINGS: Readonly<Record<string, StringKey>> = {
  QUERY_GENERATION_OUT_OF_QUOTA: 'cards.reason.queryQuota',
  QUERY_GENERATION_FAILED: 'cards.reason.queryFailed',
  QUERY_GENERATION_NO_QUERY_GENERATED: 'cards.reason.noQuery',
  QUERY_GENERATION_RAI_FAILED: 'cards.reason.querySafety',
  NOT_IN_ALLOWLIST: 'cards.reason.notAllowed',
  PROJECT_NOT_ALLOWLISTED: 'cards.reason.notAllowed',
  QUERY_GENERATION_QUERY_REDACTED: 'cards.reason.queryRedacted',
  QUERY_GENERATION_LLM_RESPONSE_PARSE_FAILED: 'cards.reason.queryUnreadable',
  QUERY_GENERATION_EMPTY_CONVERSATION: 'cards.reason.emptyConversation',
  QUERY_GENERATION_EMPTY_LAST_MESSAGE: 'cards.reason.emptyMessage',
  QUERY_GENERATION_TRIGGERING_EVENT_CONDITION_NOT_MET: 'cards.reason.trigger',
  QUERY_CATEGORIZATION_INVALID_CONFIG: 'cards.reason.categoryConfig',
  QUERY_CATEGORIZATION_RESULT_NOT_FOUND: 'cards.reason.categoryMissing',
  QUERY_CATEGORIZATION_FAILED: 'cards.reason.categoryFailed',
  SEARCH_OUT_OF_QUOTA: 'cards.reason.searchQuota',
  SEARCH_EMPTY_RESULTS: 'cards.reason.searchEmpty',
  ANSWER_GENERATION_GEN_AI_DISABLED: 'cards.reason.generationOff',
  ANSWER_GENERATION_OUT_OF_QUOTA: 'cards.reason.generationQuota',
  ANSWER_GENERATION_ERROR: 'cards.reason.generationFailed',
  ANSWER_GENERATION_NOT_ENOUGH_INFO: 'cards.reason.tooLittle',
  ANSWER_GENERATION_RAI_FAILED: 'cards.reason.generationSafety',
  ANSWER_GENERATION_NOT_GROUNDED: 'cards.reason.notGrounded',
};

/** A reason in words; a value that the page does not know as it is. */
export function meaningOf({ step, code, parameter }: Reason): string {
  const key = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  if (key !== undefined) return t(key);
  if (step === 'context') return t('cards.reason.context', { parameter: parameter ?? '', code });
  return t('cards.reason.other', { code });
}

/** Why a feature suggests nothing, or nothing better. */
export function ReasonList({ reasons, hasAnswer }: { reasons: readonly Reason[]; hasAnswer: boolean }) {
  if (reasons.length === 0) return null;
  return (
    <details class="card-fold">
      <summary>{t(hasAnswer ? 'cards.diagnostics' : 'cards.whyNothing')}</summary>
      <ul class="card-reasons">
        {reasons.map((reason, index) => (
          <li key={index}>
            {meaningOf(reason)} <code>{reason.code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
