// (e) How much memory a desktop that has joined its conversation occupies.
import { createCleanup } from '../../scripts/local/cleanup.ts';
import type { Benchmark } from '../benchmark.ts';
import { conversationNames } from '../event-source.ts';
import { socketIoUrl, startViewers } from '../viewers.ts';
import type { World } from '../world.ts';

/** Desktops that are there before the first look, so that what the first ones of all cost is not counted. */
const FIRST_DESKTOPS = 1_000;

/**
 * The heap that V8 gives itself in a container with 1 GiB. On a larger machine it lets the space for new objects grow
 * with every thousand connections made at once, and keeps it: in steps of 32 MB, which would hide what is measured.
 */
const NODE_ARGUMENTS = ['--expose-gc', '--max-heap-size=512'];

export function memory(world: World, { desktops }: { desktops: number }): Benchmark {
  return {
    key: 'e',
    metrics: [{ title: 'memory of a joined Socket.IO desktop, kB RSS', digits: 1, target: { atMost: 1.3 } }],

    async measure(side) {
      await world.reset();
      const cleanup = createCleanup();
      try {
        const server =
          side === 'product'
            ? await world.startRelay(NODE_ARGUMENTS)
            : await world.startFloor(world.workspace.socketIoServer, NODE_ARGUMENTS);
        cleanup.add(server.stop);
        const viewers = await startViewers(world.env);
        cleanup.add(viewers.stop);
        // Each has a conversation of its own, as agents have.
        const all = conversationNames(FIRST_DESKTOPS + desktops).map((conversation) => ({
          token: world.issueToken(),
          conversations: [conversation],
        }));
        const url = socketIoUrl(server.port);
        await viewers.connect({ url, viewers: all.slice(0, FIRST_DESKTOPS) });
        const before = await server.memory();
        await viewers.connect({ url, viewers: all.slice(FIRST_DESKTOPS) });
        const after = await server.memory();
        return [(after - before) / desktops / 1_024];
      } finally {
        await cleanup.run();
      }
    },
  };
}
