// @ts-check
// The tasks behind the npm scripts: what each runs, and the options that its last command knows. It is read before
// anything is installed and by any Node, so it imports nothing and uses no new syntax.

/**
 * @typedef {object} Task
 * @property {string[][]} commands script files with their own arguments; the user's arguments go to the last.
 * @property {Record<string, 'boolean' | 'string'>} [options] as the last command declares them.
 * @property {boolean} [allowNegative] whether `--no-NAME` is an option, too.
 * @property {boolean} [allowPositionals] whether it takes arguments that are no options.
 * @property {{ about: string, options: string[] }} [help] of a task whose program declares none itself.
 */

/** @type {Record<string, Task>} */
export const TASKS = {
  build: {
    commands: [['esbuild.config.mjs']],
    help: {
      about: 'Builds what is deployed: dist/functions, dist/relay, dist/relay-image and dist/client.',
      options: [],
    },
  },
  check: {
    commands: [
      ['node_modules/typescript/bin/tsc', '--noEmit'],
      ['node_modules/@biomejs/biome/bin/biome', 'ci', '.'],
      ['scripts/build/lint-prose.ts'],
      ['scripts/build/audit.ts'],
    ],
    help: {
      about:
        'Checks types, style, imports and the English of the docs, and asks npm for known vulnerabilities in what is deployed.',
      options: [],
    },
  },
  test: {
    commands: [['esbuild.config.mjs', '--quiet'], ['test/run.ts']],
    options: { long: 'boolean', root: 'string', 'file-limit': 'string' },
    help: {
      about: 'Builds, and runs the test files whose path has one of these parts; without any, all.',
      options: [
        '  --long      also the *.long.ts files',
        '  --root <folder>    folder of the test files, default test',
        '  --file-limit <ms>  how long one file may run',
      ],
    },
    allowPositionals: true,
  },
  demo: {
    commands: [['esbuild.config.mjs', '--quiet'], ['scripts/demo/demo.ts']],
    options: {
      help: 'boolean',
      once: 'boolean',
      scenario: 'string',
      pubsub: 'string',
      port: 'string',
    },
  },
  simulate: {
    commands: [['esbuild.config.mjs', '--quiet'], ['scripts/simulate/main.ts']],
    options: {
      scenario: 'string',
      replay: 'string',
      calls: 'string',
      rate: 'string',
      speed: 'string',
      duplicates: 'string',
      reorder: 'string',
      seed: 'string',
      late: 'string',
      relay: 'string',
      publish: 'string',
      function: 'string',
      'credential-env': 'string',
      location: 'string',
      settings: 'string',
      yes: 'boolean',
      agents: 'string',
      ramp: 'string',
      hold: 'string',
      native: 'string',
      fault: 'string',
      report: 'string',
      record: 'string',
      conversation: 'string',
      'with-content': 'boolean',
      help: 'boolean',
    },
  },
  deploy: {
    commands: [['esbuild.config.mjs', '--quiet'], ['scripts/deploy/main.ts']],
    options: {
      settings: 'string',
      only: 'string',
      'dry-run': 'boolean',
      plan: 'string',
      out: 'string',
      migrate: 'boolean',
      yes: 'boolean',
      'skip-permission-check': 'boolean',
      help: 'boolean',
    },
  },
  doctor: {
    commands: [['esbuild.config.mjs', '--quiet'], ['scripts/operate/doctor/main.ts']],
    options: {
      settings: 'string',
      origin: 'string',
      'credential-env': 'string',
      events: 'boolean',
      json: 'boolean',
      help: 'boolean',
    },
    allowNegative: true,
  },
  trace: {
    commands: [['scripts/operate/trace/main.ts']],
    options: {
      relay: 'string',
      agent: 'string',
      'token-env': 'string',
      'token-file': 'string',
      settings: 'string',
      'dead-letters': 'boolean',
      follow: 'boolean',
      every: 'string',
      json: 'boolean',
      help: 'boolean',
    },
    allowNegative: true,
    allowPositionals: true,
  },
  teardown: {
    commands: [['scripts/operate/teardown/main.ts']],
    options: {
      settings: 'string',
      only: 'string',
      data: 'boolean',
      shared: 'boolean',
      'skip-permission-check': 'boolean',
      'dry-run': 'boolean',
      yes: 'boolean',
      help: 'boolean',
    },
  },
  'rotate-secret': {
    commands: [['scripts/operate/rotate-secret/main.ts']],
    options: { settings: 'string', revoke: 'boolean', 'dry-run': 'boolean', yes: 'boolean', help: 'boolean' },
  },
  'replay-dead-letters': {
    commands: [['scripts/operate/replay-dead-letters/main.ts']],
    options: {
      id: 'string',
      kind: 'string',
      conversation: 'string',
      'older-than': 'string',
      'younger-than': 'string',
      limit: 'string',
      to: 'string',
      faulty: 'boolean',
      'dry-run': 'boolean',
      yes: 'boolean',
      settings: 'string',
      help: 'boolean',
    },
    allowPositionals: true,
  },
  costs: { commands: [['scripts/operate/costs/main.ts']], options: { prices: 'string', help: 'boolean' } },
  bench: {
    commands: [['esbuild.config.mjs', '--quiet'], ['bench/run.ts']],
    options: {
      help: 'boolean',
      only: 'string',
      rounds: 'string',
      quick: 'boolean',
      json: 'string',
      profile: 'string',
    },
  },
};
