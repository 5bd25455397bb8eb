import { member } from './json-members.ts';

export interface AnswerRecordJson {
  name: string;
  answerFeedback: Feedback;
}

type Feedback = Record<string, unknown>;

/** Feedback on answers, by the name of the answer record. Every record exists: the simulator forgets what it suggested. */
export interface AnswerRecords {
  get(name: string): AnswerRecordJson;
  /**
   * Takes the fields that the mask names, and leaves the others alone.
   *
   * @param mask paths with commas between them; without one, the whole feedback.
   */
  patch(name: string, body: unknown, mask: string | null): AnswerRecordJson;
}

const ROOT = 'answerFeedback';

export function createAnswerRecords(): AnswerRecords {
  const records = new Map<string, Feedback>();
  const get = (name: string) => ({ name, answerFeedback: records.get(name) ?? {} });
  return {
    get,
    patch(name, body, mask) {
      const paths = (mask ?? '').split(',').filter((path) => path !== '');
      const given = member(body, ROOT) ?? {};
      const feedback = (paths.length === 0 ? [ROOT] : paths).reduce<Feedback>(
        (kept, path) => withField(kept, given, path.split('.').map(camelCase).slice(1)),
        structuredClone(records.get(name) ?? {}),
      );
      records.set(name, isUsed(feedback) ? { ...feedback, clicked: true } : feedback);
      return get(name);
    },
  };
}

/** The feedback with one field of what was given; all of it for an empty path. */
function withField(kept: Feedback, given: unknown, [name, ...rest]: string[]): Feedback {
  if (name === undefined) return { ...(given as Feedback) };
  const value = member(given, name);
  const present = kept[name];
  if (rest.length > 0) return { ...kept, [name]: withField((present ?? {}) as Feedback, value, rest) };
  if (value === undefined) {
    const { [name]: _cleared, ...others } = kept;
    return others;
  }
  // "The value is appended for each UpdateAnswerRecordRequest", says the proto.
  const isAppended = name === 'clickedUris' && Array.isArray(present) && Array.isArray(value);
  return { ...kept, [name]: isAppended ? [...present, ...value] : value };
}

/** A copied answer or an opened source makes `clicked` true. */
function isUsed({ agentAssistantDetailFeedback: detail }: Feedback): boolean {
  return ['knowledgeAssistFeedback', 'knowledgeSearchFeedback'].some((name) => {
    const { answerCopied, clickedUris } = (member(detail, name) ?? {}) as Feedback;
    return answerCopied === true || (Array.isArray(clickedUris) && clickedUris.length > 0);
  });
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
