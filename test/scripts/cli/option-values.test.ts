// Values of options that may be a secret, and that no error shows.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command } from '../../../scripts/cli/command.ts';
import { valueOfNamed } from '../../../scripts/cli/named-variable.ts';
import { relayAddress } from '../../../scripts/cli/option-values.ts';

const TOKEN = 'f00d'.repeat(16);

test('a secret in the place of the name of its variable is not shown', () => {
  assert.throws(
    () => valueOfNamed('--token-env', TOKEN, 'the admin token', {}),
    ({ message }: Error) =>
      /name of the variable that holds the admin token/.test(message) && !message.includes(TOKEN),
  );
  assert.is(valueOfNamed('--token-env', 'NAME', 'the admin token', { NAME: ' t\n' }), 't');
});

test('a wrong address of a relay is not shown, since it may have a password', () => {
  const read = relayAddress('--relay');
  assert.is(read('https://relay.example.com/').origin, 'https://relay.example.com');
  for (const text of [
    'relay.example.com',
    'wss://relay.example.com',
    'https://relay.example.com/?a=b',
    `https://admin:${TOKEN}@relay.example.com`,
    TOKEN,
  ])
    assert.throws(
      () => read(text),
      ({ message }: Error) => /^--relay takes an address such as/.test(message) && !message.includes(TOKEN),
    );
});

test('commander does not repeat what was given too much or to an unknown option', () => {
  const errors: string[] = [];
  const declared = command('trace', 'Traces.').argument('<conversation>');
  for (const argv of [
    ['C1', TOKEN],
    ['C1', `--token=${TOKEN}`],
  ])
    assert.throws(() =>
      declared.configureOutput({ writeErr: (text) => errors.push(text) }).parse(argv, { from: 'user' }),
    );
  assert.not.match(errors.join(''), TOKEN);
  assert.match(errors.join(''), 'too many arguments. Expected 1 argument but got 2.');
  assert.match(errors.join(''), "unknown option '--token'");
});

test.run();
