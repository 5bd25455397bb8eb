const en = {
  title: 'Simulator',
  call: 'Call',
  scenario: 'Scenario',
  inTurn: 'All in turn',
  play: 'Play now',
  speed: 'Speed',
  pause: 'Pause',
  resume: 'Resume',
  between: 'The next call follows.',
  pubsub: 'Pub/Sub',
  duplicates: 'Deliver some events twice',
  reorder: 'Deliver some events late, out of order',
  faults: 'Faults',
  'make.cut': 'Cut the connection',
  'make.relay': 'Restart the relay',
  'make.redis': 'Lose Redis',
  'make.token': 'Expire the token',
  ownRedis: 'REDISHOST names a Redis of yours, which the demo does not stop.',
  'now.cut': 'The connection is cut until {time}.',
  'now.relay': 'The relay restarts.',
  'now.redis': 'Redis is stopped until {time}.',
  'now.token': 'The token ends at {time}. The page renews it by itself.',
  'over.cut': 'Connections pass again.',
  'over.relay': 'The relay runs again.',
  'over.redis': 'Redis runs again, with what it held.',
  'over.token': 'The page has a new token.',
  'failed.cut': 'Connections do not pass.',
  'failed.relay': 'The relay did not start.',
  'failed.redis': 'Redis did not start.',
  'failed.token': 'No page asked for a new token.',
  idle: 'No fault is under way.',
  unanswered: 'The demo does not answer. It may have ended.',
  delivery: 'Events of this page',
  deliveryHint: 'What the demo published for the open calls, against what the page received.',
  published: 'Published',
  received: 'Received',
  superseded: 'Superseded',
  onTheWay: 'On the way',
  lost: 'Lost',
  repeated: 'Repeated',
} as const;

export type StringKey = keyof typeof en;
export type Strings = Readonly<Record<StringKey, string>>;

const fr: Strings = {
  title: 'Simulateur',
  call: 'Appel',
  scenario: 'Scénario',
  inTurn: 'Tous, à tour de rôle',
  play: 'Lancer maintenant',
  speed: 'Vitesse',
  pause: 'Pause',
  resume: 'Reprendre',
  between: 'L’appel suivant arrive.',
  pubsub: 'Pub/Sub',
  duplicates: 'Livrer certains événements deux fois',
  reorder: 'Livrer certains événements en retard, dans le désordre',
  faults: 'Pannes',
  'make.cut': 'Couper la connexion',
  'make.relay': 'Redémarrer le relais',
  'make.redis': 'Arrêter Redis',
  'make.token': 'Faire expirer le jeton',
  ownRedis: 'REDISHOST désigne votre propre Redis, que la démo n’arrête pas.',
  'now.cut': 'La connexion est coupée jusqu’à {time}.',
  'now.relay': 'Le relais redémarre.',
  'now.redis': 'Redis est arrêté jusqu’à {time}.',
  'now.token': 'Le jeton expire à {time}. La page le renouvelle d’elle-même.',
  'over.cut': 'Les connexions passent de nouveau.',
  'over.relay': 'Le relais fonctionne de nouveau.',
  'over.redis': 'Redis fonctionne de nouveau, avec ses données.',
  'over.token': 'La page a un nouveau jeton.',
  'failed.cut': 'Les connexions ne passent pas.',
  'failed.relay': 'Le relais n’a pas démarré.',
  'failed.redis': 'Redis n’a pas démarré.',
  'failed.token': 'Aucune page n’a demandé de nouveau jeton.',
  idle: 'Aucune panne en cours.',
  unanswered: 'La démo ne répond pas. Elle est peut-être terminée.',
  delivery: 'Événements de cette page',
  deliveryHint: 'Ce que la démo a publié pour les appels ouverts, comparé à ce que la page a reçu.',
  published: 'Publiés',
  received: 'Reçus',
  superseded: 'Remplacés',
  onTheWay: 'En route',
  lost: 'Perdus',
  repeated: 'Répétés',
};

export const TABLES = { en, fr } as const satisfies Record<string, Strings>;

let language: keyof typeof TABLES = 'en';

/** Chooses the language of the page; English where the drawer has no other. */
export function chooseLanguage(tag: string): void {
  language = tag === 'fr' ? 'fr' : 'en';
}

/** The text of a key. `{time}` in it stands for a time in milliseconds since 1970. */
export function t(key: StringKey, time?: number | null): string {
  const text = TABLES[language][key];
  return time === undefined || time === null ? text : text.replace('{time}', timeOfDay(time));
}

/** A count as the language writes it. */
export const number = (value: number): string => value.toLocaleString(language);

function timeOfDay(time: number): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(time);
}
