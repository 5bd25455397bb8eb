/** What one look at a deployment showed. */
export interface Finding {
  /** What was looked at. */
  check: string;
  /** `note`: it works, and somebody may want to know. Only a `fault` makes the doctor fail. */
  state: 'ok' | 'note' | 'fault';
  detail: string;
  /** What to do about it, a command where there is one. */
  remedy?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail });
export const note = (check: string, detail: string, remedy: string): Finding => ({
  check,
  state: 'note',
  detail,
  remedy,
});
export const fault = (check: string, detail: string, remedy: string): Finding => ({
  check,
  state: 'fault',
  detail,
  remedy,
});

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok   ', note: 'note ', fault: 'FAULT' };

/** A finding as it is printed: one line, and one more for the remedy. */
export function findingText({ check, state, detail, remedy }: Finding): string {
  const line = `${MARKS[state]} ${check}: ${detail}`;
  return remedy === undefined ? line : `${line}\n      -> ${remedy}`;
}
