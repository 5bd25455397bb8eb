// `npm run demo`: the whole system on this machine, and calls that arrive on the agent's desktop.
import { chooseRoute } from '../calls/route.ts';
import { SCENARIOS } from '../calls/scenarios/index.ts';
import { EXIT, runCommand } from '../cli/command.ts';
import { interruption } from '../cli/interruption.ts';
import { ROOT } from '../cli/root.ts';
import { choosePort } from '../local/free-port.ts';
import { findEmulator } from '../local/pubsub-emulator.ts';
import { withStack } from '../local/with-stack.ts';
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
  const chosen = SCENARIOS.filter(({ name }) => scenario === undefined || name === scenario);
  let hasStarted = false;
  console.log(`Starting; events go ${route.description} …`);
  const isGood = await withStack(
    {
      project: PROJECT,
      distDirectory: `${ROOT}dist/`,
      emulator: route.emulator,
      port: await choosePort(port, USUAL_PORT),
      env: process.env,
      // At this level the functions say what became of each event, and nothing of what it says.
      logLevel: once ? 'debug' : 'info',
      signal,
    },
    (stack, logDirectory) => {
      hasStarted = true;
      if (!once) return runLoop(stack, chosen, logDirectory, signal);
      return runOnce(
        stack,
        chosen[0] ?? SCENARIOS[0],
        ONCE_SPEED[route.emulator ? 'emulator' : 'direct'],
        signal,
      );
    },
  );
  if (isGood !== undefined) return isGood ? EXIT.ok : EXIT.failed;
  // Ctrl-C is how the loop is meant to end.
  return hasStarted && !once ? EXIT.ok : EXIT.interrupted;
}
