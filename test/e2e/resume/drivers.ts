import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BrowserContext } from 'playwright-core';
import { createClient } from '../../../relay/client/index.ts';
import type { Fixture } from '../../helpers/fixture.ts';
import { type Kind, SOCKET_IO_CLIENTS } from './kinds.ts';
import { runNativePage } from './native-page-script.ts';
import { nothingSeen, type PageConfig, runSocketIoPage, type Seen } from './page-script.ts';
import type { Driver } from './real-desktop.ts';
import type { Site } from './site.ts';

const SCRIPT = fileURLToPath(new URL('page.py', import.meta.url));

/** Runs the page's script in this process. */
export function driveInNode(fixture: Fixture, { client }: Kind, config: PageConfig): Driver {
  if (client === 'python') throw new Error('Python does not run in Node');
  const handle =
    client === 'native'
      ? runNativePage(createClient, config, nothingSeen(config.conversations))
      : runSocketIoPage(SOCKET_IO_CLIENTS[client].io, config, nothingSeen(config.conversations));
  fixture.keep(handle);
  return {
    look: async () => structuredClone(handle.seen),
    end: async () => handle.close(),
    run: async (step, ...values) => {
      (handle[step] as (...values: unknown[]) => void)(...values);
    },
  };
}

/** Opens the page in a tab of Chromium. */
export async function driveInChromium(
  fixture: Fixture,
  context: BrowserContext,
  site: Site,
  kind: Kind,
  config: PageConfig,
): Promise<Driver> {
  const page = fixture.keep(await context.newPage());
  await page.goto(site.publish(kind, config));
  return {
    page,
    look: () => page.evaluate('desk.seen') as Promise<Seen>,
    end: () => page.close(),
    run: async (step, ...values) => {
      await page.evaluate(`void desk.${step}(...${JSON.stringify(values)})`);
    },
  };
}

/** One line of what page.py prints. */
interface Told {
  socket?: string;
  gone?: boolean;
  joined?: string;
  refused?: string;
  conversation?: string;
  id?: string;
  answered?: boolean;
  refusedConnect?: boolean;
}

/** @param python a Python that has python-socketio. */
export function driveInPython(fixture: Fixture, python: string, config: PageConfig): Driver {
  const seen = nothingSeen(config.conversations);
  const child = spawn(python, [SCRIPT, JSON.stringify(config)], { stdio: ['pipe', 'pipe', 'inherit'] });
  fixture.defer(() => child.kill('SIGKILL'));
  createInterface(child.stdout).on('line', (line) => {
    const told = JSON.parse(line) as Told;
    if (told.socket !== undefined) {
      seen.sockets.push(told.socket);
      Object.assign(seen, { isConnected: true, joined: 0 });
    } else if (told.gone) seen.isConnected = false;
    else if (told.joined !== undefined) seen.joined++;
    else if (told.answered) seen.answers++;
    else if (told.refusedConnect) seen.refusedConnects++;
    else if (told.refused !== undefined) seen.refusedJoins.push(told.refused);
    else if (told.conversation !== undefined) seen.ids[told.conversation]?.push(told.id ?? '');
  });
  return {
    look: async () => structuredClone(seen),
    end: async () => void child.kill('SIGKILL'),
    run: async (step, conversation) => {
      child.stdin.write(`${JSON.stringify([step, conversation])}\n`);
    },
  };
}
