import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher } from '../local/publisher.ts';
import { registerAt } from '../local/relay-client.ts';
import { CALL } from './call.ts';
import { playCall } from './call-player.ts';
import { joinConversation } from './counting-desktop.ts';
import {
  type DeliveryReport,
  type Receipt,
  receiptKey,
  renderTable,
  reportDelivery,
} from './delivery-report.ts';
import { PARENT, PHONE } from './place.ts';
import type { Stack } from './stack.ts';

/** How long the last events may take, in milliseconds, before they count as missing. */
const ARRIVAL_LIMIT_MS = 15_000;
/** How long a repetition is waited for once everything has arrived, in milliseconds. */
const QUIET_MS = 500;
const PAUSE_MS = 50;

/** Notes what is published and passes it on. */
export function notePublished(publisher: Publisher, published: Receipt[]): Publisher {
  return {
    async publish(kind, json, attributes) {
      const at = performance.now();
      const messageId = await publisher.publish(kind, json, attributes);
      published.push({ kind, messageId, at });
      return messageId;
    },
  };
}

/**
 * Plays one call to a desktop that joined before it began, and prints what arrived.
 *
 * @param published Filled by {@link notePublished}.
 * @param speed How many times as fast as speech.
 * @returns whether every event arrived, and arrived once
 */
export async function runOnce(
  stack: Stack,
  published: Receipt[],
  speed: number,
  signal: AbortSignal,
): Promise<boolean> {
  const relay = await registerAt(stack.url);
  const conversationId = `demo-${crypto.randomUUID()}`;
  const desktop = await joinConversation(stack.url, relay.token, `${PARENT}/conversations/${conversationId}`);
  try {
    console.log('Playing one call …');
    const name = await playCall({
      conversations: stack.conversations,
      steps: CALL,
      parent: PARENT,
      conversationId,
      speed,
      onStarted: (conversation) => relay.announce(PHONE, conversation),
      signal,
    });
    const report = await awaitDelivery(stack, published, desktop.receipts, signal);
    console.log(`\n${renderTable(report)}\n`);
    const { lifecycleState } = await relay.getResource(name);
    console.log(`Dialogflow, asked through the proxy, says the conversation is ${lifecycleState}.`);
    console.log(verdict(report));
    return report.isComplete && lifecycleState === 'COMPLETED';
  } finally {
    desktop.close();
  }
}

async function awaitDelivery(
  stack: Stack,
  published: Receipt[],
  received: Receipt[],
  signal: AbortSignal,
): Promise<DeliveryReport> {
  const deadline = Date.now() + ARRIVAL_LIMIT_MS;
  const report = async () => reportDelivery(published, received, await readSuperseded(stack.functionLogs));
  while ((await report()).total.missing > 0 && Date.now() < deadline)
    await sleep(PAUSE_MS, undefined, { signal });
  await sleep(QUIET_MS, undefined, { signal });
  return report();
}

/** What the functions themselves say they dropped because something newer had come before it. */
async function readSuperseded(logs: string[]): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const log of logs) {
    for (const line of (await readFile(log, 'utf8')).split('\n')) {
      const { outcome, kind, message_id: messageId } = parseLine(line);
      if (outcome === 'superseded') keys.add(receiptKey({ kind, messageId } as Receipt));
    }
  }
  return keys;
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    // Something other than a log line, or the start of one.
    return {};
  }
}

function verdict({ isComplete, unexpected, total }: DeliveryReport): string {
  if (!isComplete)
    return `FAILED: ${total.missing} missing, ${total.repeated} repeated, ${unexpected} unexpected.`;
  return total.superseded === 0
    ? 'Every event arrived exactly once.'
    : `Every event arrived exactly once, but for ${total.superseded} interim transcripts that newer ones overtook.`;
}
