import type { SummaryResponse } from '../api/types.ts';
import type { SubmittedSummary } from './answer-uses.ts';

/** A section of a summary, which the agent may edit. */
export interface SummaryDraftSection {
  /** Its name as Dialogflow gives it; empty where the summary has no sections. */
  section: string;
  text: string;
}

/** A summary that the agent works on. */
export interface SummaryDraft {
  sections: readonly SummaryDraftSection[];
  /** As Dialogflow wrote them. */
  original: readonly SummaryDraftSection[];
  answerRecord: string | undefined;
  /** When the agent got it, in milliseconds since 1970. */
  startedAt: number;
}

/** Undefined where the answer has no summary. Sorted sections are preferred: a map has no order. */
export function summaryDraftOf(response: SummaryResponse, startedAt: number): SummaryDraft | undefined {
  const { text, textSections, sortedTextSections, answerRecord } = response.summary ?? {};
  const sections = sectionsOf();
  if (sections.length === 0) return undefined;
  return { sections, original: sections, answerRecord, startedAt };

  function sectionsOf(): SummaryDraftSection[] {
    const sorted = (sortedTextSections ?? []).map(({ section = '', summary = '' }) => ({
      section,
      text: summary,
    }));
    if (sorted.length > 0) return sorted;
    const named = Object.entries(textSections ?? {}).map(([section, summary]) => ({
      section,
      text: summary,
    }));
    if (named.length > 0) return named;
    return text === undefined || text === '' ? [] : [{ section: '', text }];
  }
}

export function withSection(draft: SummaryDraft, index: number, text: string): SummaryDraft {
  const sections = draft.sections.map((each, at) => (at === index ? { ...each, text } : each));
  return { ...draft, sections };
}

export function isEdited({ sections, original }: SummaryDraft): boolean {
  return sections.some(({ text }, index) => text !== original[index]?.text);
}

/** The whole summary as one text, each section below its name. */
export function summaryText({ sections }: SummaryDraft): string {
  return sections.map(({ section, text }) => (section === '' ? text : `${section}\n${text}`)).join('\n\n');
}

/** What is told when the agent submits it. */
export function submittedSummary(draft: SummaryDraft, submittedAt: Date): SubmittedSummary {
  const named = draft.sections.filter(({ section }) => section !== '');
  return {
    text: summaryText(draft),
    sections: Object.fromEntries(named.map(({ section, text }) => [section, text])),
    startedAt: new Date(draft.startedAt),
    submittedAt,
  };
}
