import { usesOwnCluster, usesOwnRedis } from '../../deploy/settings/deploy-settings.ts';
import { subscriptionLookup } from '../../deploy/steps/subscriptions.ts';
import { createCommands } from '../../gcloud/commands.ts';
import { TaskError } from '../../gcloud/failure.ts';
import { withProject } from '../../gcloud/project.ts';
import { createTaskRunner } from '../../gcloud/run-task.ts';
import { type Argv, json } from '../../gcloud/step.ts';
import { checkCluster, checkPolicy } from './cluster-checks.ts';
import { diagnoseRelay } from './diagnose-relay.ts';
import type { Finding } from './finding.ts';
import type { DiagnoseOptions } from './options.ts';
import { checkPlan } from './plan-check.ts';
import {
  checkEviction,
  checkIdentity,
  checkLocation,
  checkNetwork,
  checkSigningKey,
} from './project-checks.ts';
import { unseen } from './unseen.ts';

/** Looks at a live deployment from all sides. Changes nothing; the made-up events expire with their conversation. */
export async function* diagnose(options: DiagnoseOptions): AsyncGenerator<Finding> {
  const { settings, plan, tools } = options;
  yield* checkPlan(plan, createTaskRunner(plan, tools));
  const look = createLook(options);
  for (const kind of settings.topics.keys()) {
    yield* await look(
      `subscription of ${kind}`,
      ['pubsub', 'subscriptions', 'describe', lookupOf(kind)],
      (text) => [checkIdentity(kind, text, settings)],
    );
  }
  yield* await look(
    `secret ${settings.jwtSecret}`,
    ['secrets', 'versions', 'list', settings.jwtSecret, '--sort-by=~createTime'],
    (versions) => [checkSigningKey(versions, settings.jwtSecret)],
  );
  if (usesOwnCluster(settings)) {
    const region = `--region=${settings.region}`;
    yield* await look(
      `Redis Cluster ${settings.redisInstance}`,
      ['redis', 'clusters', 'describe', settings.redisInstance, region],
      (found) => [checkCluster(found, settings)],
    );
    yield* await look(
      'service connection policy',
      ['network-connectivity', 'service-connection-policies', 'list', region],
      (found) => [checkPolicy(found, settings)],
    );
  } else if (usesOwnRedis(settings)) {
    const instance = [settings.redisInstance, `--region=${settings.region}`];
    yield* await look(
      `Redis instance ${settings.redisInstance}`,
      ['redis', 'instances', 'describe', ...instance],
      (found) => [checkNetwork(found, settings), checkEviction(found, settings)],
    );
  }
  yield checkLocation(settings);
  yield* diagnoseRelay(options);
}

const lookupOf = (kind: Parameters<typeof subscriptionLookup>[0]) => `{{${subscriptionLookup(kind)}}}`;

/** One read of gcloud as JSON; what cannot be read is a finding, too. */
function createLook({ settings, plan, tools }: DiagnoseOptions) {
  const { lookUp, fill, persist } = createCommands(plan, tools);
  return async (check: string, args: Argv, judge: (found: unknown) => Finding[]): Promise<Finding[]> => {
    try {
      await lookUp(args);
      const argv = withProject(['gcloud', ...args.map(fill), '--format=json'], settings);
      const { stdout } = await persist(argv);
      return judge(json({ found: true, text: stdout }));
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      return [unseen(check, error, 'npm run deploy')];
    }
  };
}
