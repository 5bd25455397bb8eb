// `npm run` ends what it has started when npm itself is told to end, which a terminal's Ctrl-C is not the only way to do.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../docs/markdown.ts';
import { undisturbed } from '../helpers/undisturbed.ts';
import { until } from '../helpers/until.ts';
import { letter, PROJECT, startFakePubsub } from './operate/replay-dead-letters/fake-pubsub.ts';

/** Longer than it takes to notice. */
const PAUSE_MS = 1_500;

test('a task ends when the shell in which npm runs it has ended', () =>
  undisturbed(async () => {
    const fake = await startFakePubsub([letter(1), letter(2)], {
      [`projects/${PROJECT}/subscriptions/eventarc-messages`]: `projects/${PROJECT}/topics/aa-new-message-topic`,
    });
    // The second command keeps the shell from giving its place to the first.
    const line = `"${process.execPath}" scripts/run.mjs replay-dead-letters inject --yes --settings /dev/null; true`;
    const shell = spawn('sh', ['-c', line], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        npm_lifecycle_event: 'replay-dead-letters',
        PUBSUB_EMULATOR_HOST: fake.host,
        GCP_PROJECT_ID: PROJECT,
      },
      stdio: 'ignore',
    });
    fake.before = async (verb) => {
      if (verb === 'publish' && fake.published.length === 0) {
        shell.kill('SIGTERM');
        await sleep(PAUSE_MS);
      }
      return 200;
    };
    try {
      await until(() => fake.published.length > 0 && fake.held.size === 0, 30_000);
      assert.is(fake.published.length, 1, 'it ended between two messages, as it does with Ctrl-C');
    } finally {
      await fake.close();
    }
  }));

test.run();
