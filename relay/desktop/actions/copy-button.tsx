import { useEffect, useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';

export interface CopyButtonProps {
  text: string;
  copy: (text: string) => Promise<void>;
  onCopied?: () => void;
}

/** For how long the button says what came of it, in milliseconds. */
const SHOWN_MS = 2_000;

export function CopyButton({ text, copy, onCopied }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'copyDenied' | undefined>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function onClick(): Promise<void> {
    try {
      await copy(text);
      setOutcome('copied');
      onCopied?.();
    } catch {
      setOutcome('copyDenied');
    }
  }

  return (
    <button type="button" class="button button-quiet" onClick={() => void onClick()}>
      <Icon name={outcome === 'copied' ? 'check' : 'copy'} />
      <span aria-live="polite">{t(`use.${outcome ?? 'copy'}`)}</span>
    </button>
  );
}
