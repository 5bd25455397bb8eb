/** Of what is not shown yet, the share of words that one step shows, so that a long chunk does not lag behind. */
const STEPS = 8;

/** How much of the text to show after one step more: whole words, and all of it after a few steps. */
export function revealedLength(text: string, shown: number): number {
  const words = text.slice(shown).match(/\s*\S+\s*/g);
  if (words === null) return text.length;
  const count = Math.ceil(words.length / STEPS);
  return shown + words.slice(0, count).join('').length;
}
