// `npm run demo`: the whole system on this machine, and calls that arrive on the agent's desktop.
import { chooseRoute, type Route } from '../calls/route.ts';
import type { Scenario } from '../calls/scenario.ts';
import { SCENARIOS } from '../calls/scenarios/index.ts';
import { EXIT, runCommand } from '../cli/command.ts';
import { interruption } from '../cli/interruption.ts';
import { ROOT } from '../cli/root.ts';
import { choosePort, freePort } from '../local/free-port.ts';
import { findEmulator } from '../local/pubsub-emulator.ts';
import { withStack } from '../local/with-stack.ts';
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
  const desktopPort = await choosePort(port, USUAL_PORT);
  const chosen = SCENARIOS.find(({ name }) => name === scenario);
  console.log(`Starting; events go ${route.description} …`);
  if (once) return playOnce(route, desktopPort, chosen ?? SCENARIOS[0]);
  return playInTurn(route, desktopPort, chosen);
}

function stackOptions({ emulator }: Route) {
  return { project: PROJECT, distDirectory: `${ROOT}dist/`, emulator, env: process.env, signal };
}

async function playOnce(route: Route, port: number, scenario: Scenario): Promise<number> {
  const speed = ONCE_SPEED[route.emulator ? 'emulator' : 'direct'];
  // At this level the functions say what became of each event, and nothing of what it says.
  const options = { ...stackOptions(route), port, logLevel: 'debug' };
  const isGood = await withStack(options, (stack) => runOnce(stack, scenario, speed, signal));
  if (isGood === undefined) return EXIT.interrupted;
  return isGood ? EXIT.ok : EXIT.failed;
}

/** @param chosen the only scenario that is played, until another one is chosen on the page. */
async function playInTurn(route: Route, port: number, chosen: Scenario | undefined): Promise<number> {
  let hasStarted = false;
  const script = await drawerScript(`${ROOT}dist/demo/`);
  const control = createDemoControl({ scenarios: SCENARIOS, chosen, port, script, signal });
  const options = { ...stackOptions(route), port: await freePort(), logLevel: 'info', tap: control.tap };
  await withStack(options, async (stack, logDirectory) => {
    hasStarted = true;
    const page = await control.open(stack);
    return runLoop(stack, control.playback, page.url, logDirectory, signal).finally(page.stop);
  });
  // Ctrl-C is how the loop is meant to end.
  return hasStarted ? EXIT.ok : EXIT.interrupted;
}
