// Desktops over long polling, which has no pings.
import { test } from 'uvu';
import { expectSeen } from './expectations.ts';
import { SOCKET_IO } from './kinds.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test);

const TRANSPORTS = {
  'long polling': ['polling'],
  'polling, then WebSocket': ['polling', 'websocket'],
} as const;
for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`a desktop that is cut goes on where it was: ${name}`, () =>
    withEach(SOCKET_IO, async (kind) => {
      const desktop = await fixture.open(kind, { transports });
      for (let cut = 1; cut <= 2; cut++) {
        await fixture.say(desktop.conversations);
        await desktop.caughtUp();
        await desktop.cut({ again: true });
        await fixture.say(desktop.conversations);
        await desktop.connected(cut + 1);
        await desktop.settled();
      }
      // Long polling has no pings: until a heartbeat is answered, the relay knows nothing of those without offsets.
      await expectSeen(desktop, kind.receipts === 'exact' ? 0 : 8);
    }));
}

test.run();
