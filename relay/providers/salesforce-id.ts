const CHECK_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18 characters of a Salesforce id of 15 or 18, or `undefined` when it is neither.
 *
 * The 15 are case-sensitive. The other three keep the id unique where case is lost. Each stands for five characters as
 * a binary number: the first character is the lowest digit, and a capital letter is 1. Given check characters are
 * verified.
 */
export function salesforceId(id: unknown): string | undefined {
  if (typeof id !== 'string' || !/^[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?$/.test(id)) return undefined;
  const short = id.slice(0, 15);
  const long = short + [0, 5, 10].map((start) => checkDigit(short.slice(start, start + 5))).join('');
  return id.length === 15 || id === long ? long : undefined;
}

function checkDigit(five: string): string {
  const value = [...five].reduce((sum, char, place) => sum + (/[A-Z]/.test(char) ? 2 ** place : 0), 0);
  return CHECK_DIGITS.charAt(value);
}
