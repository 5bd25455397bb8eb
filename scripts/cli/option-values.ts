// Parsers of option values. Each error says what the option takes.
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { durationMs } from './duration.ts';
import { UsageError } from './usage-error.ts';

const EITHER = new Intl.ListFormat('en', { type: 'disjunction' });

/** @param option Its name, as in `--kind`. */
export function oneOf<const Word extends string>(
  option: string,
  words: readonly Word[],
): (text: string) => Word {
  return (text) => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`${option} takes ${EITHER.format(words)}`);
    return word;
  };
}

/** @param option Its name, as in `--port`. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`${option} takes a number from ${min} to ${max}`);
  };
}

/** Collects the values of an option that may be given several times. */
export function repeated<T>(parse: (text: string) => T): (text: string, former?: T[]) => T[] {
  return (text, former = []) => [...former, parse(text)];
}

/** @param option Its name, as in `--rate`. */
export function decimal(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`${option} takes a number from ${min} to ${max}, such as 1.5`);
  };
}

/**
 * A time, in milliseconds.
 *
 * @param option Its name, as in `--ramp`.
 * @param minMs in whole seconds, as `maxMs`.
 */
export function duration(option: string, minMs: number, maxMs: number): (text: string) => number {
  const seconds = (ms: number) => `${ms / 1_000}s`;
  return (text) => {
    const ms = durationMs(text) ?? Number.NaN;
    if (ms >= minMs && ms <= maxMs) return ms;
    throw new InvalidArgumentError(
      `${option} takes a time from ${seconds(minMs)} to ${seconds(maxMs)}, such as 90s or 2m`,
    );
  };
}

/**
 * A share, as a number from 0 to 1.
 *
 * @param option Its name, as in `--duplicates`.
 */
export function percentage(option: string): (text: string) => number {
  return (text) => {
    const number = /^\d{1,3}(\.\d{1,3})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
    if (number <= 100) return number / 100;
    throw new InvalidArgumentError(`${option} takes a percentage from 0% to 100%`);
  };
}

/**
 * The address of a relay. What is wrong is said without the text, which may hold a password, so commander must not say it.
 *
 * @param option Its name, as in `--relay`.
 */
export function relayAddress(option: string): (text: string) => URL {
  const example = `${option} takes an address such as https://relay.example.com`;
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) throw new UsageError(example);
    if (url.username !== '' || url.password !== '')
      throw new UsageError(`${example}, without a name and a password`);
    if (url.search !== '' || url.hash !== '') throw new UsageError(`${example}, without ? and #`);
    return url;
  };
}

// As shortName() of shared/ takes it, with any project; the relay checks the project.
const NAME =
  /^(?:projects\/[a-z0-9][a-z0-9.:-]*\/(?:locations\/[a-z0-9-]+\/)?conversations\/)?[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}$/;

/** Space, plus signs and brackets are in no name of a conversation. */
const PHONE = /^[+(\d][\d\s()./-]{5,}$/;

/** What is wrong is said without the text: it may be a number that somebody has called from. */
export function conversationName(text: string): string {
  if (NAME.test(text)) return text;
  const fault = PHONE.test(text) ? 'that looks like a phone number; ' : '';
  throw new UsageError(
    `${fault}the conversation is a name such as projects/PROJECT/conversations/ID, or its id alone`,
  );
}
