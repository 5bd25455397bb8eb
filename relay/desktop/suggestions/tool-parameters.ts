// Parameters of a tool as the agent edits them: a form where each is a plain value, JSON otherwise.

import { jsonMistake, placeIn } from './json-mistake.ts';

export type Parameters = Record<string, unknown>;

export interface FormField {
  name: string;
  type: 'text' | 'number' | 'flag';
  /** As typed; `true` or `false` of a flag. */
  value: string;
}
export type ParameterDraft = { mode: 'form'; fields: readonly FormField[] } | { mode: 'json'; text: string };

export type ParameterFault =
  | { code: 'not-a-number'; name: string }
  | { code: 'not-json'; line: number; column: number }
  | { code: 'not-an-object' };

/** More parameters are easier to edit as JSON. */
const MOST_FIELDS = 8;

export function draftOf(parameters: Readonly<Parameters>): ParameterDraft {
  const entries = Object.entries(parameters);
  const fields = entries.map(([name, value]) => fieldOf(name, value));
  const isForm =
    fields.length > 0 && fields.length <= MOST_FIELDS && fields.every((field) => field !== undefined);
  return isForm
    ? { mode: 'form', fields: fields.filter((field) => field !== undefined) }
    : { mode: 'json', text: indented(parameters) };
}

/** The parameters that the draft stands for, or what is wrong with it. */
export function parametersOf(draft: ParameterDraft): { parameters: Parameters } | { fault: ParameterFault } {
  if (draft.mode === 'json') return parsed(draft.text);
  const wrong = draft.fields.find((field) => field.type === 'number' && !isNumber(field.value));
  if (wrong) return { fault: { code: 'not-a-number', name: wrong.name } };
  return { parameters: Object.fromEntries(draft.fields.map((field) => [field.name, typedValue(field)])) };
}

/** `''` for what is nested so deeply that JSON.stringify overflows the stack. */
function indented(parameters: Readonly<Parameters>): string {
  try {
    return JSON.stringify(parameters, null, 2);
  } catch {
    return '';
  }
}

function fieldOf(name: string, value: unknown): FormField | undefined {
  if (typeof value === 'string') return { name, type: 'text', value };
  if (typeof value === 'number') return { name, type: 'number', value: String(value) };
  return typeof value === 'boolean' ? { name, type: 'flag', value: String(value) } : undefined;
}

function typedValue({ type, value }: FormField): unknown {
  if (type === 'number') return Number(value);
  return type === 'flag' ? value === 'true' : value;
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}

function parsed(json: string): { parameters: Parameters } | { fault: ParameterFault } {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { fault: { code: 'not-json', ...placeIn(json, jsonMistake(json) ?? json.length) } };
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { parameters: value as Parameters } : { fault: { code: 'not-an-object' } };
}
