// What Google refuses for a reason that a setting or an administrator mends, and gcloud's words do not say so.

/** Google's words, and what to do. `$1` is what the first group has matched. */
const REFUSALS: readonly (readonly [words: RegExp, remedy: string])[] = [
  // Cloud Run, "Allow public (unauthenticated) access", "Domain restricted sharing".
  [
    /do not belong to a permitted customer/,
    'The organisation forbids allUsers: set RELAY_INVOCATION=no-invoker-iam-check, and run it again',
  ],
  // Cloud Run, "About maximum instances": the regional quota of CPU and memory limits them.
  [
    /Max instances must be set to (\d+) or fewer|maxScale may not exceed (\d+)/,
    'The project has a smaller quota in this region: set RELAY_MAX_INSTANCES and FUNCTION_MAX_INSTANCES to at most $1, or ' +
      'ask for more on the Quotas page of the console',
  ],
  // Cloud Run, "Direct VPC egress", "Limitations": a quota of its own limits the instances of a revision.
  [
    /must be less than or equal to (\d+) when run\.googleapis\.com\/network-interfaces/,
    'Direct VPC egress allows fewer instances: set RELAY_MAX_INSTANCES and FUNCTION_MAX_INSTANCES to at most $1, or ask for ' +
      'more on the Quotas page of the console',
  ],
  [
    /Permission denied on 'locations\/([^']+)'/,
    'Google has no region $1, or does not offer this service there: set SERVICE_REGION to another; ' +
      'gcloud run regions list names them',
  ],
  // The relay's container has another name than Cloud Run gives it, so that gcloud adds a second. Source of the words:
  // GoogleCloudPlatform/terraform-google-cloud-run, issue 302.
  [
    /exactly one container with an exposed port/,
    'The container of the relay has another name than Cloud Run gives: run it once with MONITORING=off, and then with on. If ' +
      'that fails again, somebody has named it: remove the service with npm run teardown -- --only relay first',
  ],
  // Cloud Run functions, "Troubleshooting", "Build service account".
  [
    /missing permission on the build service account|Build failed; check build logs/,
    'If the account of BUILD_SERVICE_ACCOUNT_NAME lacks roles/run.builder, npm run deploy -- --only accounts grants it; ' +
      'the log of the build says what else is wrong',
  ],
  // Eventarc, "Troubleshoot issues", "Permission denied".
  [
    /Eventarc Service Agent/,
    "Eventarc's service agent has no rights yet: run it again in some minutes. If it still fails, " +
      'npm run deploy -- --only accounts grants roles/eventarc.serviceAgent',
  ],
  [
    /[Ss]ervice account (\S+) does not exist/,
    'There is no service account $1: correct the setting that names it. If it was made a moment ago, run it again in some minutes',
  ],
  [
    /SERVICE_DISABLED|has not been used in project/,
    'An API is off, or was enabled a moment ago: run it again in some minutes',
  ],
];

/** @param message gcloud's. */
export function refusalRemedy(message: string): string | undefined {
  for (const [words, remedy] of REFUSALS) {
    const match = words.exec(message);
    if (match !== null) return remedy.replace('$1', match.slice(1).find((part) => part !== undefined) ?? '');
  }
  return undefined;
}
