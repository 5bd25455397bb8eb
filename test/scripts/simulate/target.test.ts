// Where the simulator plays, and what it refuses.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../../scripts/cli/command.ts';
import { UsageError } from '../../../scripts/cli/usage-error.ts';
import { simulateCommand } from '../../../scripts/simulate/options.ts';
import { isLoopback, localWay, relayTarget, routeTo } from '../../../scripts/simulate/target.ts';
import { EVENT_KINDS } from '../../../shared/event.ts';

const options = (...args: string[]) => parse(simulateCommand(), args);
const refused = (action: () => unknown, message: string) =>
  assert.throws(action, (error: unknown) => error instanceof UsageError && error.message.includes(message));

const FUNCTIONS = EVENT_KINDS.flatMap((kind, index) => [
  '--function',
  `${kind}=http://127.0.0.1:${9_000 + index}/`,
]);

test('a relay on this machine needs neither credential nor question', () => {
  for (const address of ['http://127.0.0.1:8080/', 'http://localhost:8080', 'http://[::1]:8080//']) {
    const { credential, isRemote, url } = relayTarget(options('--relay', address), {});
    assert.equal([credential, isRemote], [undefined, false]);
    assert.not(url.endsWith('/'));
  }
});

test('a relay on another machine is refused without a credential, or without https', () => {
  refused(() => relayTarget(options('--relay', 'https://relay.example.com'), {}), 'needs --credential-env');
  const args = ['--credential-env', 'CREDENTIAL'];
  refused(
    () => relayTarget(options('--relay', 'http://relay.example.com', ...args), { CREDENTIAL: 'secret' }),
    'needs https',
  );
  assert.equal(
    relayTarget(options('--relay', 'https://relay.example.com/aa/', ...args), { CREDENTIAL: 'secret' }),
    { url: 'https://relay.example.com/aa', credential: 'secret', isRemote: true },
  );
});

test('a variable without a credential is named, and its value never is', () => {
  for (const env of [{}, { CREDENTIAL: '' }])
    refused(
      () => relayTarget(options('--relay', 'http://localhost', '--credential-env', 'CREDENTIAL'), env),
      'no variable of that name is set',
    );
});

test('without --relay there is nothing to record from', () => {
  refused(() => relayTarget(options(), {}), '--relay is missing');
});

for (const [host, expected] of [
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['[::1]', true],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
] as const) {
  test(`${host} is ${expected ? '' : 'not '}this machine`, () => assert.is(isLoopback(host), expected));
}

test('with --relay, the way to its functions has to be said', () => {
  refused(() => routeTo(options('--relay', 'http://localhost'), {}), '--publish is missing');
});

test('the emulator is the one that PUBSUB_EMULATOR_HOST names', () => {
  const way = options('--publish', 'emulator');
  refused(() => routeTo(way, {}), 'PUBSUB_EMULATOR_HOST');
  assert.equal(routeTo(way, { PUBSUB_EMULATOR_HOST: '127.0.0.1:8085' }), {
    to: 'emulator',
    url: 'http://127.0.0.1:8085',
    isRemote: false,
  });
  assert.ok((routeTo(way, { PUBSUB_EMULATOR_HOST: 'pubsub:8085' }) as { isRemote: boolean }).isRemote);
});

test('an emulator in the environment and Pub/Sub of a project do not go together', () => {
  const way = options('--publish', 'pubsub:my-project');
  refused(() => routeTo(way, { PUBSUB_EMULATOR_HOST: '127.0.0.1:8085' }), 'PUBSUB_EMULATOR_HOST is set');
  assert.equal(routeTo(way, {}), { to: 'pubsub', project: 'my-project' });
});

test('each function of this machine is named, and of another machine none is', () => {
  const route = routeTo(options('--publish', 'functions', ...FUNCTIONS), {});
  assert.equal(Object.keys((route as { urls: object }).urls).sort(), [...EVENT_KINDS].sort());
  refused(() => routeTo(options('--publish', 'functions', ...FUNCTIONS.slice(2)), {}), 'is missing');
  const far = ['--function', `${EVENT_KINDS[0]}=https://functions.example.com/`];
  refused(() => routeTo(options('--publish', 'functions', ...FUNCTIONS, ...far), {}), 'from Pub/Sub only');
  refused(() => routeTo(options('--publish', 'emulator', ...FUNCTIONS), {}), '--function goes with');
});

test('a system of its own needs no relay, with or without the emulator', () => {
  assert.is(localWay(options()), undefined);
  assert.is(localWay(options('--publish', 'emulator')), 'emulator');
  assert.is(localWay(options('--publish', 'functions')), 'direct');
  refused(() => localWay(options('--publish', 'pubsub:my-project')), 'goes with --relay');
  refused(() => localWay(options('--credential-env', 'X')), '--credential-env goes with --relay');
  refused(() => localWay(options(...FUNCTIONS)), '--function goes with --relay');
});

test.run();
