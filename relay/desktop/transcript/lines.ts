import type { TranscriptLine } from './transcript-state.ts';

/** Puts a line where its time belongs, behind those of the same time; without a time at the end. */
export function withLine(lines: readonly TranscriptLine[], line: TranscriptLine): TranscriptLine[] {
  const last = lines.at(-1)?.at ?? 0;
  const placed = line.at === 0 ? { ...line, at: last } : line;
  const index = lines.findLastIndex(({ at }) => at <= placed.at) + 1;
  return lines.toSpliced(index, 0, placed);
}

/** Puts a line in front of those of the same time. */
export function withLineBefore(lines: readonly TranscriptLine[], line: TranscriptLine): TranscriptLine[] {
  const index = lines.findIndex(({ at }) => at >= line.at);
  return lines.toSpliced(index === -1 ? lines.length : index, 0, line);
}

/** Changes the line of a key in its place, or adds it. */
export function withChanged(lines: readonly TranscriptLine[], line: TranscriptLine): TranscriptLine[] {
  const index = lines.findLastIndex(({ key }) => key === line.key);
  return index === -1 ? withLine(lines, line) : lines.with(index, line);
}

/** The words of a message by its name, where they are shown. */
export function utteranceOf(lines: readonly TranscriptLine[], name: string): string | undefined {
  const line = lines.findLast((other) => other.is === 'spoken' && other.name === name);
  return line?.is === 'spoken' ? line.text : undefined;
}

export function lineOf(lines: readonly TranscriptLine[], key: string): TranscriptLine | undefined {
  return lines.findLast((line) => line.key === key);
}
