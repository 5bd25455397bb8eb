// `npm run demo`: the whole system on this machine, and calls that arrive on the agent's desktop.
import { chooseRoute } from '../calls/route.ts';
import type { Scenario } from '../calls/scenario.ts';
import { SCENARIOS } from '../calls/scenarios/index.ts';
import { EXIT, runCommand } from '../cli/command.ts';
import { interruption } from '../cli/interruption.ts';
import { ROOT } from '../cli/root.ts';
import { choosePort } from '../local/free-port.ts';
import { findEmulator } from '../local/pubsub-emulator.ts';
import type { StackOptions } from '../local/stack.ts';
import { withStack } from '../local/with-stack.ts';
import { startAuthorizer } from './authorizer.ts';
import { createDemoControl } from './control/demo-control.ts';
import { drawerScript } from './control/drawer-script.ts';
import { runLoop } from './demo-loop.ts';
import { runOnce } from './demo-once.ts';
import { type DemoOptions, demoCommand } from './demo-options.ts';
import { PROJECT } from './place.ts';

const USUAL_PORT = 8080;
/** The pace of `--once`. The emulator pushes what it has every 100 ms, in any order: what is said must come slower. */
const ONCE_SPEED = { direct: 10, emulator: 4 };

const signal = interruption();

await runCommand(demoCommand(), runDemo);
process.exit();

async function runDemo({ once, pubsub, port, scenario }: DemoOptions): Promise<number> {
  const route = chooseRoute(pubsub, findEmulator(process.env));
  const chosen = SCENARIOS.find(({ name }) => name === scenario);
  const authorizer = await startAuthorizer();
  const options = {
    project: PROJECT,
    distDirectory: `${ROOT}dist/`,
    emulator: route.emulator,
    env: process.env,
    relayEnv: { AUTHORIZER_URL: authorizer.url },
    signal,
  };
  console.log(`Starting; events go ${route.description} …`);
  if (once) {
    // A free one is chosen when the relay starts: somebody else might take it meanwhile.
    const at = port === 0 ? undefined : await choosePort(port, USUAL_PORT);
    return playOnce(options, at, chosen ?? SCENARIOS[0]);
  }
  return playInTurn(options, port, chosen);
}

type Options = Omit<StackOptions, 'port' | 'logDirectory' | 'logLevel'>;

async function playOnce(options: Options, port: number | undefined, scenario: Scenario): Promise<number> {
  const speed = ONCE_SPEED[options.emulator ? 'emulator' : 'direct'];
  // At this level the functions say what became of each event, and nothing of what it says.
  const isGood = await withStack({ ...options, port, logLevel: 'debug' }, (stack) =>
    runOnce(stack, scenario, speed, signal),
  );
  if (isGood === undefined) return EXIT.interrupted;
  return isGood ? EXIT.ok : EXIT.failed;
}

/**
 * @param port where the page is to be. Without one, or with 0, it is chosen when the system runs: somebody else might take a
 *   free port meanwhile.
 * @param chosen the only scenario that is played, until another one is chosen on the page.
 */
async function playInTurn(
  options: Options,
  port: number | undefined,
  chosen: Scenario | undefined,
): Promise<number> {
  const wanted = port ? await choosePort(port, USUAL_PORT) : undefined;
  let hasStarted = false;
  const script = await drawerScript(`${ROOT}dist/demo/`);
  const control = createDemoControl({
    scenarios: SCENARIOS,
    chosen,
    choosePort: async () => wanted ?? choosePort(port, USUAL_PORT),
    script,
    signal,
  });
  const more = { logLevel: 'info', tap: control.tap };
  await withStack({ ...options, ...more }, async (stack, logDirectory) => {
    hasStarted = true;
    const page = await control.open(stack);
    return runLoop(stack, control.playback, page.url, logDirectory, signal).finally(page.stop);
  });
  // Ctrl-C is how the loop is meant to end.
  return hasStarted ? EXIT.ok : EXIT.interrupted;
}
