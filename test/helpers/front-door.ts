import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A loopback port whose connections go to one of several others, as a load balancer's or a primary endpoint's do. */
export interface FrontDoor {
  port: number;
  /** Where new connections go; a target that does not listen is passed over. */
  setTargets(ports: readonly number[]): void;
  /** Closes one open connection, chosen at random. */
  cutOne(): void;
  /** Closes every open connection. */
  cutAll(): void;
  close(): Promise<void>;
}

const PICK_AGAIN_MS = 50;

export async function openFrontDoor(targets: readonly number[], random = Math.random): Promise<FrontDoor> {
  let ports = [...targets];
  const open = new Map<Socket, Socket | undefined>();
  const server = createServer((client) => {
    open.set(client, undefined);
    const end = () => {
      open.get(client)?.destroy();
      open.delete(client);
    };
    client.on('error', () => client.destroy()).on('close', end);
    reach(client);
  });

  /** Tries the targets until one listens; a client that has gone meanwhile wants none. */
  function reach(client: Socket): void {
    const port = ports[Math.floor(random() * ports.length)];
    const upstream = connect(port ?? 0, '127.0.0.1');
    upstream.once('connect', () => {
      if (!open.has(client)) return void upstream.destroy();
      open.set(client, upstream);
      client.pipe(upstream).pipe(client);
      upstream.once('close', () => client.destroy());
    });
    upstream.on('error', () => {
      upstream.destroy();
      if (open.get(client) === undefined && open.has(client)) setTimeout(reach, PICK_AGAIN_MS, client);
    });
  }

  const port = await listen(server);
  const cutAll = () => {
    for (const client of open.keys()) client.destroy();
  };
  return {
    port,
    setTargets: (next) => {
      ports = [...next];
    },
    cutOne: () => [...open.keys()][Math.floor(random() * open.size)]?.destroy(),
    cutAll,
    close: () => {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
