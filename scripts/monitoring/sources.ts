// Where an expression finds its series. One table of signals is written for a Prometheus of one's own and for Cloud
// Monitoring, where several deployments share a project and each has to see its own series alone.
import { EVENT_KINDS } from '../../shared/event.ts';

/** Writes PromQL selectors, each with the matchers that keep it to one deployment. */
export interface Sources {
  /** @param metric as the relay serves it @param matchers such as `reason="slow"` */
  relay(metric: string, ...matchers: readonly string[]): string;
  /** A log-based metric of the functions. @param what such as `first_events` @param part `_sum` of a distribution */
  functions(what: string, part?: '' | '_sum'): string;
  /** A metric of Pub/Sub for the functions' subscriptions. @param metric such as `subscription/num_undelivered_messages` */
  subscriptions(metric: string): string;
  /** The same for the subscription of the dead letters. */
  deadLetters(metric: string): string;
}

/** What tells one deployment's series in Cloud Monitoring from those of others. */
export interface DeploymentNames {
  region: string;
  /** The relay's service of Cloud Run. */
  relayName: string;
  /** The functions, each a service of Cloud Run of its name. */
  functionNames: readonly string[];
  /** What the names of the functions and of their log-based metrics end in; empty without. */
  functionSuffix: string;
  /** Ids of the functions' subscriptions. */
  subscriptions: readonly string[];
  /** Id of the subscription of the dead letters. */
  deadLetterSubscription: string;
}

/** For a Prometheus that scrapes the relays of one deployment, and for a data source that is Cloud Monitoring. */
export const anyDeployment: Sources = sources({
  relay: [],
  functions: [],
  functionSuffix: '',
  // Eventarc names a subscription after its region and its trigger, and the trigger begins with the function's name.
  subscriptions: [`subscription_id=~"eventarc-.*(?:${EVENT_KINDS.join('|')}).*"`],
  deadLetters: ['subscription_id="aa-dead-letter-sub"'],
});

/**
 * For one deployment in its project. The sidecar that writes to Cloud Monitoring gives the labels `cluster`, `namespace` and
 * `location` to every series. Source: github.com/GoogleCloudPlatform/run-gmp-sidecar, confgenerator/config.go.
 */
export function oneDeployment(names: DeploymentNames): Sources {
  return sources({
    relay: [`cluster="__run__"`, `namespace="${names.relayName}"`, `location="${names.region}"`],
    functionSuffix: names.functionSuffix,
    functions: [`service_name=~"${names.functionNames.join('|')}"`, `location="${names.region}"`],
    subscriptions: [`subscription_id=~"${names.subscriptions.map(escaped).join('|')}"`],
    deadLetters: [`subscription_id="${names.deadLetterSubscription}"`],
  });
}

type Own = Readonly<Record<keyof Sources, readonly string[]>> & Pick<DeploymentNames, 'functionSuffix'>;

function sources(own: Own): Sources {
  const ending = own.functionSuffix === '' ? '' : `-${own.functionSuffix}`;
  return {
    relay: (metric, ...matchers) => selector(metric, [...matchers, ...own.relay]),
    // A log-based metric may be of any resource, so that the resource has to be named. Source: Cloud Monitoring, "Mapping
    // Cloud Monitoring metrics to PromQL".
    functions: (what, part = '') =>
      selector(promqlName(`logging.googleapis.com/user/agent_assist/functions_${what}${ending}${part}`), [
        'monitored_resource="cloud_run_revision"',
        ...own.functions,
      ]),
    subscriptions: (metric) => ofPubsub(metric, own.subscriptions),
    deadLetters: (metric) => ofPubsub(metric, own.deadLetters),
  };
}

function ofPubsub(metric: string, matchers: readonly string[]): string {
  return selector(promqlName(`pubsub.googleapis.com/${metric}`), [
    'monitored_resource="pubsub_subscription"',
    ...matchers,
  ]);
}

/** The first slash becomes a colon, and what PromQL does not take in a name an underscore. Source: as above. */
export function promqlName(metric: string): string {
  return metric.replace('/', ':').replaceAll(/[^\w:]/g, '_');
}

function selector(metric: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

/** An id of Pub/Sub as a regular expression inside a string of PromQL. */
function escaped(id: string): string {
  return id.replaceAll(/[.+]/g, '[$&]');
}
