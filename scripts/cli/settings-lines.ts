// What is wrong with the lines of a settings file. Node's parser passes over a line that it does not understand, and the
// default would stand in for what the line was meant to set. No answer shows a value, which may be a secret.

const NAME = /^[A-Za-z_][\w.-]*$/;
/** Quotation marks of word processors; below, spaces that nobody sees. */
const CURLY = /^[\u2018-\u201F]/;
const INVISIBLE = /^[\u00A0\u200B-\u200F\u2060\uFEFF]|[\u00A0\u200B-\u200F\u2060\uFEFF]$/;
/** `$NAME` and `${NAME}`, which a shell fills in, and a settings file does not. */
const VARIABLE = /\$(?:\{\w+\}|[A-Z_]{3,})/;

/** A sentence for each, with the number of the line. @param file Its name as the user gave it. */
export function lineFaults(text: string, file: string): string[] {
  const faults: string[] = [];
  const seen = new Map<string, { line: number; value: string }>();
  const lines = text.split(/\r\n|\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = (lines[index] ?? '').replace(/^[ \t]+|[ \t]+$/g, '');
    const number = index + 1;
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', value = ''] = /^(?:export[ \t]+)?([^=]*?)[ \t]*=[ \t]*(.*)$/.exec(line) ?? [];
    if (!NAME.test(name)) {
      faults.push(`line ${number} of ${file} is not a setting: ${remedyFor(line)}`);
      continue;
    }
    const [quote = ''] = /^["'`]/.exec(value) ?? [];
    const rest = [value.slice(quote.length), ...lines.slice(index + 1)];
    const end = quote === '' ? 0 : rest.findIndex((each) => each.includes(quote));
    const fault = valueFault(value, quote, rest[end]);
    if (fault !== undefined) faults.push(`${name} in line ${number} of ${file} ${fault}`);
    if (end > 0) index += end;
    const before = seen.get(name);
    if (before !== undefined && before.value !== value)
      faults.push(
        `${name} is in line ${before.line} and in line ${number} of ${file}: leave one of them out`,
      );
    seen.set(name, { line: number, value });
  }
  return faults;
}

function remedyFor(line: string): string {
  const [, name] = /^(?:(?:export|set|setx|\$env:)[ \t]*)?([A-Z][A-Z0-9_]+)\b/.exec(line) ?? [];
  return `write ${name ?? 'NAME'}=value, or begin the line with # for a comment`;
}

/** @param last The line in which the quotation mark is closed, from behind the opening one; undefined where none is. */
function valueFault(value: string, quote: string, last: string | undefined): string | undefined {
  if (INVISIBLE.test(value)) return 'begins or ends with a space that is not shown: type the value again';
  if (CURLY.test(value)) return 'has curly quotation marks: leave them out, or use "';
  if (quote === '')
    return VARIABLE.test(value) ? 'names another variable: write the value itself' : undefined;
  if (last === undefined) return `has ${quote} at its beginning and not at its end`;
  const behind = last.slice(last.indexOf(quote) + 1).trim();
  if (behind !== '' && !behind.startsWith('#'))
    return `continues after the closing ${quote}: put all of it in quotation marks`;
  return quote === '"' && VARIABLE.test(value) ? 'names another variable: write the value itself' : undefined;
}

/** The text of a file that PowerShell has written, which is UTF-16 with a byte order mark, or of any other, as UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  // The decoder takes the byte order mark away, which would become part of the first name.
  return new TextDecoder(encoding).decode(bytes);
}
