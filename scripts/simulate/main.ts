// `npm run simulate`: calls on the way that real events take, and what became of their events; few calls, or a load.
import { runCommand } from '../cli/command.ts';
import { interruption } from '../cli/interruption.ts';
import { loadLocally, loadTarget } from './load.ts';
import { refuseMixed } from './mixed-options.ts';
import { type SimulateOptions, simulateCommand } from './options.ts';
import { planCalls } from './plan.ts';
import { playLocally, playTo } from './play.ts';
import { recordCall } from './record.ts';

await runCommand(simulateCommand(), simulate);
process.exit();

async function simulate(options: SimulateOptions): Promise<number> {
  refuseMixed(options);
  const signal = interruption();
  if (options.record !== undefined) return recordCall(options.record, options, signal);
  if (options.agents !== undefined)
    return options.relay === undefined ? loadLocally(options, signal) : loadTarget(options, signal);
  const plan = planCalls(options);
  return options.relay === undefined ? playLocally(plan, options, signal) : playTo(plan, options, signal);
}
