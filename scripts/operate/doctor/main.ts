// `npm run doctor`: looks at a live deployment and says what is wrong with it and what to do.
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { interruption } from '../../cli/interruption.ts';
import { valueOfNamed } from '../../cli/named-variable.ts';
import { ROOT } from '../../cli/root.ts';
import { banner } from '../../deploy/banner.ts';
import { findDeployment, noRelayHere, nothingDeployed } from '../../deploy/deployed.ts';
import { plan } from '../../deploy/plan.ts';
import { loadSettings } from '../../deploy/settings/load-settings.ts';
import { sourceDigests } from '../../deploy/source-digest.ts';
import { InterruptedError } from '../../gcloud/failure.ts';
import { openProject } from '../../gcloud/open-project.ts';
import { createTools } from '../../gcloud/tools.ts';
import { diagnose } from './diagnose.ts';
import { type Finding, fault, findingText } from './finding.ts';

const declared = command(
  'doctor',
  'Looks at a live deployment, and says what is wrong with it and what to do.',
)
  .option('--settings <file>', SETTINGS_HELP)
  .option('--origin <url>', 'origin of a desktop: may it call the relay?')
  .option('--credential-env <name>', 'variable that holds what an agent sends to POST /register')
  .option('--no-events', 'sends no made-up events')
  .option('--json', 'prints the findings as one JSON array');

const EVENT_PATIENCE_MS = 60_000;

await runCommand(declared, async (options) => {
  const { settings, given } = loadSettings(options.settings);
  const { credentialEnv } = options;
  // A name with nothing by it is an error: without a credential the doctor would look for less.
  const credential =
    credentialEnv === undefined
      ? undefined
      : valueOfNamed('--credential-env', credentialEnv, 'the credential', process.env);
  const findings: Finding[] = [];
  const tools = createTools(ROOT, interruption());
  const { account } = await openProject(settings, tools, process.env);
  console.error(banner(settings, given, account));
  async function* look(): AsyncGenerator<Finding> {
    const found = await findDeployment(settings, tools);
    if (found === 'none') {
      yield fault(
        'deployment',
        nothingDeployed(settings),
        'is SERVICE_REGION right? npm run deploy deploys it',
      );
      return;
    }
    if (found === 'without-relay')
      yield fault(
        'region',
        noRelayHere(settings),
        'is SERVICE_REGION right? If it is, a deployment stopped half-way: npm run deploy continues it',
      );
    yield* diagnose({
      settings,
      plan: plan(settings, sourceDigests(ROOT)),
      // A diagnosis reports what Google answers now, and does not wait for a better answer.
      tools: { ...tools, triesOnce: true },
      origin: options.origin,
      credential,
      withEvents: options.events,
      patienceMs: EVENT_PATIENCE_MS,
    });
  }
  try {
    const found = look();
    for await (const finding of found) {
      findings.push(finding);
      if (!options.json) console.log(findingText(finding));
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    return EXIT.interrupted;
  }
  const faults = findings.filter(({ state }) => state === 'fault').length;
  if (options.json) console.log(JSON.stringify(findings, null, 2));
  else console.log(faults === 0 ? 'healthy' : `${faults} of ${findings.length} findings are faults`);
  return faults === 0 ? EXIT.ok : EXIT.failed;
});
