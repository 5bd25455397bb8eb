// A process of its own that sends requests of one agent to a relay, over many connections, until it is killed. A
// connection that ends, or whose requests are answered, is opened again.
//
// Usage: node rest-flood.ts FLOOD PORT CONNECTIONS TOKEN
import { connect } from 'node:net';

/** How long the agent waits before it connects again, in milliseconds. It is not to take the whole CPU. */
const AGAIN_MS = process.env.TEST_LONG ? 10_000 : 1_000;
/** Requests that a connection sends at once; the relay takes 16. */
const PIPELINED = 10;

const [name = '', port, connections, token = ''] = process.argv.slice(2);
const CONVERSATIONS = '/v2/projects/demo-project/locations/global/conversations';
const head = (start: string, ...headers: string[]) =>
  [`${start} HTTP/1.1`, 'Host: x', `Authorization: ${token}`, ...headers, '', ''].join('\r\n');

let stored = 0;
function storeKey(): string {
  const id = `flood-${process.pid}-${stored++}`;
  const body = JSON.stringify({
    conversationIntegrationKey: id,
    conversationName: `projects/demo-project/conversations/${id}`,
  });
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`];
  return head('POST /conversation-name', ...headers) + body;
}

/** What a connection sends, and how many answers it expects. */
const FLOODS: Readonly<Record<string, { send: () => string; answers: number }>> = {
  'bodies that never arrive': {
    send: () =>
      `${head(`POST ${CONVERSATIONS}/c/participants`, 'Content-Type: application/json', 'Content-Length: 9')}{`,
    answers: 1,
  },
  'calls that are never answered': { send: () => head(`GET ${CONVERSATIONS}/slow`), answers: 1 },
  'integration keys': {
    send: () => Array.from({ length: PIPELINED }, storeKey).join(''),
    answers: PIPELINED,
  },
};

const flood = FLOODS[name];
if (flood === undefined) throw new Error(`no flood is called ${name}`);
const { send, answers } = flood;

function open(): void {
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(send())).setEncoding('latin1');
  let seen = 0;
  socket.on('data', (text: string) => {
    seen += text.split('HTTP/1.1 ').length - 1;
    if (seen >= answers) socket.destroy();
  });
  socket.on('error', () => {});
  socket.on('close', () => setTimeout(open, AGAIN_MS));
}
for (let index = 0; index < Number(connections); index++) open();
