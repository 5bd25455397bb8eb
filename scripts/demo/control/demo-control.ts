import type { FaultShares } from '../../calls/faults.ts';
import type { Scenario } from '../../calls/scenario.ts';
import type { PublisherTap, Stack } from '../../local/stack.ts';
import { PATHS } from './api.ts';
import { createControl } from './control.ts';
import { startControlServer } from './control-server.ts';
import { Faults } from './faults.ts';
import { createFaultyPublisher } from './faulty-publisher.ts';
import { Ledger } from './ledger.ts';
import { type PageFront, startPageFront } from './page-front.ts';
import { Playback } from './playback.ts';
import { endingAt } from './short-token.ts';

export interface DemoControlOptions {
  scenarios: readonly [Scenario, ...Scenario[]];
  /** The only one that is played at first; undefined for all in turn. */
  chosen: Scenario | undefined;
  /** Chooses where the page is, on loopback, when it is about to listen there. */
  choosePort(): Promise<number>;
  /** The script of the drawer. */
  script: Buffer;
  signal: AbortSignal;
}

/** What the drawer of the demo's page controls. */
export interface DemoControl {
  playback: Playback;
  /** The stack publishes through it, so it is there before the stack. */
  tap: PublisherTap;
  /** Serves the page with the drawer, and the drawer's requests, in front of a stack. */
  open(stack: Stack): Promise<DemoPage>;
}

export interface DemoPage {
  /** Where the page is, without a slash at its end. */
  url: string;
  stop(): Promise<void>;
}

/** Milliseconds since 1970, with fractions. */
const now = () => performance.timeOrigin + performance.now();

export function createDemoControl({
  scenarios,
  chosen,
  choosePort,
  script,
  signal,
}: DemoControlOptions): DemoControl {
  const playback = new Playback(scenarios, chosen);
  const shares: FaultShares = { duplicates: 0, reorder: 0 };
  let faults: Faults | undefined;
  const ledger = new Ledger(() => faults?.isFelt ?? false, now);
  return {
    playback,
    tap: {
      wrap: (publisher) =>
        createFaultyPublisher(publisher, { ledger, shares, random: Math.random, now, signal }),
      taken: (kind, messageId) => ledger.taken(kind, messageId),
    },
    async open({ url: relayUrl, signingKey, restartRelay, loseRedis }) {
      let front: PageFront | undefined;
      faults = new Faults(
        {
          cut: async (forMs) => front?.cut(forMs),
          restartRelay,
          loseRedis,
          async endToken(end) {
            front?.endTokensAt(end);
            // The page registers for each connection.
            await front?.cut(0);
            await front?.nextRegistration();
          },
        },
        now,
      );
      const port = await choosePort();
      const server = await startControlServer({
        pageOrigin: `http://127.0.0.1:${port}`,
        script,
        control: createControl({ playback, ledger, faults, shares, now }),
      });
      try {
        front = await startPageFront({
          port,
          relayUrl,
          scriptUrl: `${server.url}${PATHS.script}`,
          endingAt: (token, end) => endingAt(token, signingKey, end),
        });
      } catch (error) {
        await server.stop();
        throw error;
      }
      const { url, stop } = front;
      return {
        url,
        async stop() {
          await Promise.all([stop(), server.stop()]);
        },
      };
    },
  };
}
