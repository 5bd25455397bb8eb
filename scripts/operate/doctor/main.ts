// `npm run doctor`: looks at a live deployment and says what is wrong with it and what to do.
import { parseArgs } from 'node:util';
import { INTERRUPTED, interruption, ROOT, readSettingsEnv, runCommand } from '../../cli/command.ts';
import { plan } from '../../deploy/plan.ts';
import { readDeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { sourceDigests } from '../../deploy/source-digest.ts';
import { InterruptedError } from '../../gcloud/failure.ts';
import { createTools } from '../../gcloud/tools.ts';
import { diagnose } from './diagnose.ts';
import { type Finding, findingText } from './finding.ts';

const USAGE = `npm run doctor -- [OPTION ...]
  --settings FILE          settings, default .env; variables of the environment win
  --origin URL             origin of a desktop: may it call the relay?
  --credential-env NAME    variable with what an agent sends to POST /register
  --no-events              sends no made-up events
  --json                   prints the findings as one JSON array`;

const EVENT_PATIENCE_MS = 60_000;

/** @throws {Error} when there is a name and nothing by it: without a credential the doctor would look for less. */
function credentialIn(name: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (name === undefined) return undefined;
  const credential = env[name];
  if (credential === undefined || credential === '')
    throw new Error(`--credential-env: the variable ${name} is not set`);
  return credential;
}

await runCommand('doctor', async () => {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      settings: { type: 'string' },
      origin: { type: 'string' },
      'credential-env': { type: 'string' },
      events: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const settings = readDeploySettings(readSettingsEnv(values.settings));
  const credential = credentialIn(values['credential-env'], process.env);
  const findings: Finding[] = [];
  const tools = createTools(ROOT, interruption());
  try {
    const found = diagnose({
      settings,
      plan: plan(settings, sourceDigests(ROOT)),
      // Whoever waits for a diagnosis does not wait for Google to get better.
      tools: { ...tools, sleep: async () => {} },
      origin: values.origin,
      credential,
      withEvents: values.events,
      patienceMs: EVENT_PATIENCE_MS,
    });
    for await (const finding of found) {
      findings.push(finding);
      if (!values.json) console.log(findingText(finding));
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    return INTERRUPTED;
  }
  const faults = findings.filter(({ state }) => state === 'fault').length;
  if (values.json) console.log(JSON.stringify(findings, null, 2));
  else console.log(faults === 0 ? 'healthy' : `${faults} of ${findings.length} findings are faults`);
  return faults === 0 ? 0 : 1;
});
