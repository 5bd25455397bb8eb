// A desktop in a process of its own, which a test can stop as a frozen page stops.
import type { ChildProcess } from 'node:child_process';
import { spawnTied } from '../../../../scripts/local/child.ts';
import type { ShortName } from '../../../../shared/conversation-name.ts';
import { ROOT } from '../../../docs/markdown.ts';
import type { RelayProcess } from '../../../helpers/relay-program.ts';
import { until } from '../../../helpers/until.ts';
import { type IncidentFixture, WAIT_MS } from './incident-fixture.ts';

const SCRIPTS = {
  socketio: `
    import { io } from 'socket.io-client';
    const [url, token, name] = process.argv.slice(1);
    const socket = io(url, { auth: { token }, transports: ['websocket'] });
    socket.on('new-message-event', () => process.stdout.write('.'));
    socket.on('connect', () => socket.emit('join-conversation', name, () => process.stdout.write('joined')));`,
  native: `
    import { WebSocket } from 'ws';
    const [url, token, conversation] = process.argv.slice(1);
    const socket = new WebSocket(url.replace('http', 'ws') + '/ws', 'agent-assist.v1');
    const send = (frame) => socket.send(JSON.stringify(frame));
    socket.on('open', () => send({ type: 'auth', token }));
    socket.on('message', (data) => {
      const { type } = JSON.parse(data);
      if (type === 'ready') send({ type: 'join', id: 'a', conversation });
      if (type === 'joined') process.stdout.write('joined');
      if (type === 'event') process.stdout.write('.');
    });`,
};

export interface DesktopProcess {
  child: ChildProcess;
  /** How many events it has received. */
  received(): number;
}

/** Starts a real client of the agent `okta:sleeper`; resolves when it has joined. The fixture ends it. */
export async function startDesktop(
  fixture: IncidentFixture,
  relay: Pick<RelayProcess, 'url'>,
  conversation: ShortName,
  protocol: keyof typeof SCRIPTS,
): Promise<DesktopProcess> {
  const args = [relay.url, fixture.token('okta:sleeper'), conversation];
  const child = spawnTied(process.execPath, ['--input-type=module', '-e', SCRIPTS[protocol], ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  fixture.defer(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await until(() => output.includes('joined'), WAIT_MS, 'the desktop has joined');
  return { child, received: () => output.replace('joined', '').length };
}
