// The client as a package: packed, installed in an empty folder, compiled against and run.
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fixture } from '../../helpers/fixture.ts';
import { bundleClient, ROOT, runTsc } from './build-client.ts';
import { CONVERSATION } from './client-fixture.ts';
import { startFakeRelay } from './fake-relay-server.ts';

/** What the issue allows, in bytes. */
const GZIPPED_MAX = 5_000;

const run = promisify(execFile);
const fixture = new Fixture(test);
const folder = fixture.directory();
const installed = join(folder, 'node_modules/agent-assist-relay-client');
let inputs: string[];
let packed: { filename: string; files: { path: string }[] };

/** npm without the registry, with a cache and a home of the test's own. */
async function npm(cwd: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: folder, npm_config_update_notifier: 'false' };
  const options = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { stdout } = await run('npm', [...args, ...options], {
    cwd,
    env,
    shell: process.platform === 'win32',
  });
  return stdout;
}

test.before(async () => {
  [packed] = JSON.parse(await npm(ROOT, 'pack', './dist/client', '--json', `--pack-destination=${folder}`));
  await write(join(folder, 'package.json'), { type: 'module' });
  await npm(folder, 'install', `./${packed.filename}`);
  const { metafile } = await bundleClient(join(folder, 'bundle/client.js'));
  inputs = Object.keys(metafile.inputs);
});

const write = (file: string, content: string | object) =>
  writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));

test('it is smaller than 5 kB gzipped', async () => {
  const size = gzipSync(await readFile(join(installed, 'client.js')), { level: 9 }).length;
  assert.ok(size < GZIPPED_MAX, `${size} bytes`);
});

test('the package has module, types and licence only, at the version of the relay', async () => {
  const paths = packed.files.map(({ path }) => path).filter((path) => !/^types\/.*\.d\.ts$/.test(path));
  assert.equal(paths.sort(), ['LICENSE', 'README.md', 'client.js', 'package.json']);
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const relay = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  assert.equal([manifest.version, manifest.license], [relay.version, relay.license]);
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies'])
    assert.is(manifest[kind], undefined, kind);
  assert.equal(globSync('node_modules/*', { cwd: folder }), ['node_modules/agent-assist-relay-client']);
});

test('it is the module that the relay serves', async () => {
  const own = await readFile(join(installed, 'client.js'), 'utf8');
  assert.is(own, await readFile(join(folder, 'bundle/client.js'), 'utf8'));
});

test('the package depends on nothing but the protocol that it shares', () => {
  const foreign = inputs.filter((file) => !/^(relay\/client\/|shared\/(wire|close-codes)\.ts)/.test(file));
  assert.equal(foreign, []);
});

test('its declarations import nothing from outside of their folder', async () => {
  const types = join(installed, 'types');
  const files = globSync('**/*.d.ts', { cwd: types });
  assert.ok(files.includes('relay/client/index.d.ts'));
  for (const file of files) {
    const text = await readFile(join(types, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      const target = join(dirname(file), name).replace(/\.ts$/, '.d.ts');
      assert.ok(name.startsWith('.') && files.includes(target), `${file} imports ${name}`);
    }
    assert.not.match(text, /\/\/\/ <reference/);
  }
});

const APP = `
import {
  type Client,
  ClientError,
  type ClientEvents,
  createClient,
  type DeliveredEvent,
  type Membership,
  Unauthorized,
} from 'agent-assist-relay-client';

const client: Client = createClient({
  url: 'https://relay.example.com',
  getToken: async () => {
    if (Date.now() < 0) throw new Unauthorized('signed out');
    return 'token';
  },
});
const end: () => void = client.on('event', (event: DeliveredEvent) => {
  if (event.data_type === 'new-message-event') event.cursor.toUpperCase();
  // @ts-expect-error: no such kind
  if (event.data_type === 'other') return;
});
client.on('state', async ({ state, code, reason }) => [state === 'closed', code.toFixed(), reason.trim()]);
client.on('reset', ({ conversation, cursor }) => conversation + cursor);
const joined = (membership: Membership): void => membership.leave();
client.join('projects/p/conversations/c', { after: null }).then(joined, (error: unknown) => {
  if (error instanceof ClientError && error.code === 'bad-cursor') end();
});
// @ts-expect-error: no such event
client.on('nothing', () => {});
// @ts-expect-error: getToken is missing
createClient({ url: 'https://relay.example.com' });
export type State = ClientEvents['state'];
`;

const BROWSER_APP = `${APP}
createClient({ url: '/', getToken: () => '', WebSocket, network: window });
`;

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  for (const [where, lib, app] of [
    ['for a browser', ['es2022', 'dom'], BROWSER_APP],
    ['without the types of browsers and of Node', ['es2022'], APP],
  ] as const) {
    test(`${moduleResolution} compiles in a strict project ${where}`, async () => {
      await write(join(folder, 'app.ts'), app);
      await write(join(folder, 'tsconfig.json'), {
        compilerOptions: {
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
          target: 'es2022',
          types: [],
          module,
          moduleResolution,
          lib,
        },
        files: ['app.ts'],
      });
      assert.is(await runTsc(folder, '-p', '.'), '');
    });
  }
}

test('in Node the installed package connects and hands over events', async () => {
  const server = fixture.keep(await startFakeRelay());
  server.relay.publish(CONVERSATION);
  await write(
    join(folder, 'app.js'),
    `import { createClient } from 'agent-assist-relay-client';
     const client = createClient({ url: process.argv[2], getToken: () => 'token' });
     client.on('event', (event) => {
       console.log(event.message_id);
       client.close();
     });
     client.connect();
     await client.join('${CONVERSATION}');`,
  );
  const { stdout } = await run(process.execPath, ['app.js', server.url], { cwd: folder });
  assert.is(stdout, '1\n');
});

test.run();
