import { type ReadonlySignal, signal } from '@preact/signals';
import { createContext } from 'preact';

/** How often the page has become live. What failed before for want of a connection may be tried again. */
export const TimesLive = createContext<ReadonlySignal<number>>(signal(0));
