// Finds where a text stops being JSON. Engines tell it for some mistakes only, each in words of its own.

const SPACE = /[\t\n\r ]*/y;
const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them within a string
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may follow: a value, a name, or what comes behind a value. `or-end` also takes the closing bracket. */
type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'more' | 'nothing';

/** The index of the first character that JSON cannot have there, the length of a text that ends too early. */
export function jsonMistake(json: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  const behindValue = (): Expected => (open.length === 0 ? 'nothing' : 'more');
  for (let index = endOf(SPACE, json, 0) ?? 0; index < json.length; ) {
    const end = endOf(TOKEN, json, index);
    if (end === undefined) return index;
    const next = after(expected, json.slice(index, end), open, behindValue);
    if (next === undefined) return index;
    expected = next;
    index = endOf(SPACE, json, end) ?? end;
  }
  return expected === 'nothing' ? undefined : json.length;
}

/** The line and the column of an index, both from 1. */
export function placeIn(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function after(
  expected: Expected,
  token: string,
  open: ('{' | '[')[],
  behindValue: () => Expected,
): Expected | undefined {
  const isClosing = token === '}' || token === ']';
  if (isClosing) {
    const isAllowed = ['more', token === '}' ? 'name-or-end' : 'value-or-end'].includes(expected);
    return isAllowed && open.pop() === (token === '}' ? '{' : '[') ? behindValue() : undefined;
  }
  if (token === ',') {
    if (expected !== 'more') return undefined;
    return open.at(-1) === '{' ? 'name' : 'value';
  }
  if (token === ':') return expected === 'colon' ? 'value' : undefined;
  if (expected === 'name' || expected === 'name-or-end') return token.startsWith('"') ? 'colon' : undefined;
  if (expected !== 'value' && expected !== 'value-or-end') return undefined;
  if (token !== '{' && token !== '[') return behindValue();
  open.push(token);
  return token === '{' ? 'name-or-end' : 'value-or-end';
}

/** Where the match at the index ends. */
function endOf(pattern: RegExp, text: string, index: number): number | undefined {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
