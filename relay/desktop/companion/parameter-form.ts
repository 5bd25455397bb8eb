/** A parameter of a tool call as a form shows it. */
export interface ParameterField {
  name: string;
  kind: 'text' | 'number' | 'boolean' | 'json';
  /** What the field holds: `true` or `false` of a boolean, JSON of what is nested. */
  value: string;
}

export type FormResult =
  | { isValid: true; parameters: Record<string, unknown> }
  /** The names of the fields that cannot be read. */
  | { isValid: false; faults: readonly string[] };

export function fieldsOf(parameters: Readonly<Record<string, unknown>>): ParameterField[] {
  return Object.entries(parameters).map(([name, value]) => {
    if (typeof value === 'string') return { name, kind: 'text', value };
    if (typeof value === 'number') return { name, kind: 'number', value: String(value) };
    if (typeof value === 'boolean') return { name, kind: 'boolean', value: String(value) };
    return { name, kind: 'json', value: JSON.stringify(value, null, 2) };
  });
}

/** The parameters that the fields stand for. Each keeps its type: a tool may take "7" and 7 for different things. */
export function parametersFrom(fields: readonly ParameterField[]): FormResult {
  const parameters: [string, unknown][] = [];
  const faults: string[] = [];
  for (const field of fields) {
    const value = parameterOf(field);
    if (value === undefined) faults.push(field.name);
    else parameters.push([field.name, value]);
  }
  return faults.length > 0
    ? { isValid: false, faults }
    : { isValid: true, parameters: Object.fromEntries(parameters) };
}

/** Undefined for what cannot be read. */
function parameterOf({ kind, value }: ParameterField): unknown {
  if (kind === 'text') return value;
  if (kind === 'boolean') return value === 'true';
  if (kind === 'number') {
    const number = Number(value);
    return value.trim() === '' || !Number.isFinite(number) ? undefined : number;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** How a value is shown where it is not edited. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
