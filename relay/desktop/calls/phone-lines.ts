import { type ReadonlySignal, signal } from '@preact/signals';
import type { SignIn } from '../session/sign-in.ts';
import type { Calls } from './calls.ts';

/** Between two looks for the next call, in milliseconds. */
const LOOKUP_MS = 1_500;

/** A phone number whose calls open by themselves. */
export interface PhoneLine {
  phone: string;
  /** Whether the last look for a call failed. */
  isFailing: boolean;
}

/** The phone numbers that the page waits for. Telephony stores which conversation belongs to a number. */
export interface PhoneLines {
  readonly list: ReadonlySignal<readonly PhoneLine[]>;
  /** Waits for the calls of a number, one after the other. */
  watch(phone: string): void;
  unwatch(phone: string): void;
}

export function createPhoneLines(signIn: Pick<SignIn, 'fetch'>, calls: Calls): PhoneLines {
  const list = signal<readonly PhoneLine[]>([]);
  /** The conversation that a number was found to have last; it is not opened twice. */
  const found = new Map<string, string>();

  async function look(phone: string): Promise<void> {
    const query = new URLSearchParams({ conversationIntegrationKey: phone });
    const response = await signIn.fetch(`conversation-name?${query}`);
    if (!response.ok) throw new Error(`the call could not be looked up (HTTP ${response.status})`);
    const { conversationName: name } = (await response.json()) as { conversationName: string };
    if (name === '' || name === found.get(phone) || !isWatched(phone)) return;
    found.set(phone, name);
    calls.open(name, { phone, isQuiet: true });
  }

  const isWatched = (phone: string) => list.value.some((line) => line.phone === phone);
  const isBusy = (phone: string) =>
    calls.list.value.some((call) => call.phone === phone && !call.isFinished.value);

  function note(phone: string, isFailing: boolean): void {
    const line = list.value.find((other) => other.phone === phone);
    if (line === undefined || line.isFailing === isFailing) return;
    list.value = list.value.map((other) => (other === line ? { phone, isFailing } : other));
  }

  async function follow(phone: string): Promise<void> {
    while (isWatched(phone)) {
      if (!isBusy(phone)) {
        await look(phone).then(
          () => note(phone, false),
          () => note(phone, true),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOKUP_MS));
    }
  }

  return {
    list,
    watch(phone) {
      if (isWatched(phone)) return;
      list.value = [...list.value, { phone, isFailing: false }];
      void follow(phone);
    },
    unwatch(phone) {
      list.value = list.value.filter((line) => line.phone !== phone);
      found.delete(phone);
    },
  };
}
