// How long words take to say, and what a recogniser makes of them meanwhile.

/** What the recogniser has heard at some moment of an utterance. */
export interface Hearing {
  /** From the start of the utterance, in milliseconds. */
  atMs: number;
  transcript: string;
  /** From 0 to 1, how unlikely it is to change. */
  stability: number;
}

export interface Recognised {
  hearings: Hearing[];
  /** When the last word has been said, in milliseconds. */
  endMs: number;
}

interface Word {
  /** Where it stands in the text. */
  start: number;
  end: number;
  /** When it has been said. */
  saidMs: number;
}

/** Pauses between two results of the recogniser, in milliseconds, one after the other. */
const RESULT_PAUSES_MS = [320, 240, 280, 380, 260, 300];
const LETTER_MS = 55;
const WORD_MS = { base: 110, least: 160, most: 700 };
/** Kanji and kana take a mora or two each. */
const EAST_ASIAN_LETTER_MS = 140;
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** How long a speaker rests, in milliseconds. */
const SENTENCE_REST_MS = 350;
const CLAUSE_REST_MS = 150;
const SETTLED = 0.9;

/**
 * What a recogniser says of an utterance while it is spoken: ever more words, without punctuation. The first guess of a
 * word may be another word, and what it is sure of no longer changes.
 *
 * @param misheard What the recogniser takes a word for until it hears the next one.
 */
export function recognise(
  text: string,
  language: string,
  misheard: Readonly<Record<string, string>> = {},
): Recognised {
  const words = wordsOf(text, language);
  const endMs = words.at(-1)?.saidMs ?? 0;
  const hearings: Hearing[] = [];
  let former = 0;
  let atMs = 0;
  for (let turn = 0; former < words.length; turn++) {
    atMs += RESULT_PAUSES_MS[turn % RESULT_PAUSES_MS.length] ?? 0;
    const heard = words.filter(({ saidMs }) => saidMs <= atMs).length;
    // Without a new word the recogniser says something only when it has become sure of the last one.
    const isSure = heard === former;
    if (heard === 0 || (isSure && hearings.at(-1)?.stability === SETTLED)) continue;
    hearings.push({
      atMs,
      transcript: transcriptOf(text, words.slice(0, heard), isSure ? {} : misheard),
      stability: isSure ? SETTLED : stabilityOf(heard),
    });
    former = heard;
  }
  return { hearings, endMs };
}

/** A recogniser is the surer, the more of a sentence it has heard. */
function stabilityOf(words: number): number {
  return Math.round(Math.min(0.8, 0.1 + words * 0.1) * 100) / 100;
}

function wordsOf(text: string, language: string): Word[] {
  const words: Word[] = [];
  let now = 0;
  for (const { segment, index, isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(
    text,
  )) {
    if (isWordLike) {
      now += durationOf(segment);
      words.push({ start: index, end: index + segment.length, saidMs: now });
    } else if (/[.!?…。！？]/.test(segment)) now += SENTENCE_REST_MS;
    else if (/[,;:–、，；：]/.test(segment)) now += CLAUSE_REST_MS;
  }
  return words;
}

function durationOf(word: string): number {
  const { base, least, most } = WORD_MS;
  const ms = EAST_ASIAN.test(word) ? word.length * EAST_ASIAN_LETTER_MS : base + word.length * LETTER_MS;
  return Math.min(most, Math.max(least, ms));
}

function transcriptOf(
  text: string,
  words: readonly Word[],
  misheard: Readonly<Record<string, string>>,
): string {
  let transcript = '';
  let end = words[0]?.start ?? 0;
  for (const [index, word] of words.entries()) {
    const isLast = index === words.length - 1;
    const written = text.slice(word.start, word.end);
    // Only spaces: a recogniser adds punctuation at the end.
    transcript += /\s/.test(text.slice(end, word.start)) ? ' ' : '';
    transcript += (isLast && Object.hasOwn(misheard, written) && misheard[written]) || written;
    end = word.end;
  }
  return transcript;
}
