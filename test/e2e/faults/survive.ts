// What most rows of the fault table share: desktops that watch a conversation while something is done to its Redis.
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import {
  CLIENT_KINDS,
  type DesktopKind,
  type FaultDesktop,
  knowsCursors,
  knowsItsPlace,
  openDesktop,
} from './desktops.ts';
import type { Fleet } from './fleet.ts';
import { type FaultRow, type Ledger, makeRow } from './ledger.ts';
import { MessagePublisher } from './publishing.ts';

const DESKTOPS_OF_A_KIND = process.env.TEST_LONG ? 3 : 1;
const RECOVERY_MS = 60_000;

export type FaultRows = Map<DesktopKind, FaultRow>;

export interface Scene {
  conversation: ShortName;
  /** Publishes so many messages; resolves with their ids when all are acknowledged. */
  publish(count: number): Promise<string[]>;
  /** Resolves when all desktops have these messages. */
  delivered(ids: readonly string[]): Promise<void>;
  /** Declares messages to have died with the only Redis that held them: desktops may have had them before, or not. */
  forgive(ids: readonly string[]): void;
}

/**
 * Desktops of all kinds watch a conversation while `act` does its harm; then everything that was acknowledged has to be
 * there. A row for each kind.
 */
export async function survive(
  fleet: Fleet,
  fault: string,
  act: (scene: Scene) => Promise<void>,
): Promise<FaultRows> {
  const conversation = uniqueConversation();
  const publisher = new MessagePublisher(fleet.functionUrls);
  const publish = async (count: number) => {
    const ids = [];
    for (let index = 0; index < count; index++)
      ids.push(await publisher.publish(conversation, index % 5 === 0 ? 2 : 1));
    return ids;
  };
  let forgiven: ReadonlySet<string> = new Set();
  const due = () => (publisher.published.get(conversation) ?? []).filter((id) => !forgiven.has(id));
  const desktops = new Map<DesktopKind, FaultDesktop[]>(
    CLIENT_KINDS.map((kind) => [
      kind,
      Array.from({ length: DESKTOPS_OF_A_KIND }, () =>
        openDesktop(kind, fleet.door.port, () => fleet.tokens.issue(`test:${kind}`, '').token, [
          conversation,
        ]),
      ),
    ]),
  );
  const all = [...desktops.values()].flat();
  const has = ({ places }: Ledger, sent: readonly string[]) => sent.every((id) => places.has(id));
  const hasAll = ({ ledgers }: FaultDesktop) => ledgers.every((ledger) => has(ledger, due()));
  try {
    await until(() => all.every((desktop) => desktop.isSettled()), RECOVERY_MS);
    await publish(10);
    await until(() => all.every(hasAll), RECOVERY_MS);
    const forgive = (ids: readonly string[]) => {
      forgiven = new Set(ids);
    };
    const delivered = (sent: readonly string[]) =>
      until(() => all.every(({ ledgers }) => ledgers.every((ledger) => has(ledger, sent))), RECOVERY_MS);
    await act({ conversation, publish, delivered, forgive });
    await publish(5);
    await until(() => all.every(hasAll), RECOVERY_MS).catch(() => {});
    await sleep(500); // for what should not come
    return new Map(
      CLIENT_KINDS.map((kind) => [
        kind,
        makeRow(
          fault,
          kind,
          new Map([[conversation, due()]]),
          (desktops.get(kind) ?? []).flatMap(({ ledgers }) => ledgers),
        ),
      ]),
    );
  } finally {
    for (const desktop of all) desktop.close();
  }
}

/** No event of a log that survived is lost, skipped, or repeated to a desktop that knows its place. Nobody is told. */
export function assertSurvived(made: FaultRows): void {
  for (const [kind, row] of made) {
    assert.is(row.lost, 0, `${row.fault}, ${kind}: lost`);
    assert.is(row.skipped, 0, `${row.fault}, ${kind}: skipped`);
    assert.match(row.told, /^0\//, `${row.fault}, ${kind}: told`);
    if (knowsItsPlace(kind)) assert.is(row.repeated, 0, `${row.fault}, ${kind}: repeated`);
  }
}

/** Every desktop that can be told was told, and nothing that was published afterwards is missing. */
export function assertTold(made: FaultRows): void {
  for (const [kind, row] of made) {
    assert.is(row.lost, 0, `${row.fault}, ${kind}: lost`);
    if (knowsCursors(kind))
      assert.is(row.told, `${DESKTOPS_OF_A_KIND}/${DESKTOPS_OF_A_KIND}`, `${row.fault}, ${kind}: told`);
  }
}
