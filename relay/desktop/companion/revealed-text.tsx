import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { revealedLength } from './reveal.ts';

export interface RevealedTextProps {
  text: string;
  /** False for an answer that was stopped: it stands as it is. */
  isGrowing: boolean;
  onGrow: () => void;
  children: (shown: string) => ComponentChildren;
}

/** Between two steps, in milliseconds. */
const STEP_MS = 40;

/** Shows a text that comes in chunks word by word; at once where the reader wants less motion. */
export function RevealedText({ text, isGrowing, onGrow, children }: RevealedTextProps) {
  const [length, setLength] = useState(0);
  const isStill = !isGrowing || matchMedia('(prefers-reduced-motion: reduce)').matches;
  const isDone = isStill || length >= text.length;
  useEffect(() => {
    if (isDone) return;
    const timer = setTimeout(() => setLength(revealedLength(text, length)), STEP_MS);
    return () => clearTimeout(timer);
  }, [text, length, isDone]);
  useLayoutEffect(onGrow, [length, isDone]);
  return <>{children(isDone ? text : text.slice(0, length))}</>;
}
