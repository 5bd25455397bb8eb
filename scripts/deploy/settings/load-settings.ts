// The settings of a command, with all that is wrong with them at once.
import { functionSettings } from '../../../functions/config.ts';
import { relaySettings } from '../../../relay/config.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { type GivenSettings, readGivenSettings } from '../../cli/env-file.ts';
import { nearest } from '../../cli/nearest.ts';
import { UNUSED_VARIABLES } from '../unused-variables.ts';
import { type DeploySettings, readDeploySettings } from './deploy-settings.ts';
import { deploySettings } from './settings-table.ts';

export interface LoadedSettings {
  settings: DeploySettings;
  given: GivenSettings;
}

/**
 * Reads the settings file and the environment.
 *
 * @param named The file of `--settings`; default: `.env`.
 * @throws {ConfigError} naming every variable that is wrong. @throws {UsageError} when the named file does not exist.
 */
export function loadSettings(named: string | undefined): LoadedSettings {
  const given = readGivenSettings(named);
  return { given, settings: settingsOf(given) };
}

/** @throws {ConfigError} naming every variable that is wrong, and those of the file that are mistyped. */
export function settingsOf(given: GivenSettings, env = given.env): DeploySettings {
  const mistyped = [
    ...(given.lineFaults ?? []),
    ...mistypedNames(Object.keys(given.inFile)).map(
      ([name, meant]) => `${name} in ${given.file} is not a setting: did you mean ${meant}?`,
    ),
  ];
  try {
    const settings = readDeploySettings(env);
    if (mistyped.length > 0) throw new ConfigError(mistyped);
    return settings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const others = error.faults.filter((fault) => !mistyped.includes(fault));
    throw new ConfigError([...mistyped, ...others, ...missingFile(given, others)]);
  }
}

/** A sentence for each variable of the file that nothing reads and that resembles no setting. */
export function unknownNotes({ inFile, file }: Pick<GivenSettings, 'inFile' | 'file'>): string[] {
  return Object.keys(inFile)
    .filter((name) => !isKnown(name) && meantBy(name) === undefined)
    .map((name) => `${name} in ${file} is not a setting, and nothing reads it`);
}

function missingFile({ hasFile, file }: GivenSettings, faults: readonly string[]): string[] {
  if (hasFile || !faults.some((fault) => fault.startsWith('GCP_PROJECT_ID is not set'))) return [];
  return [`there is no ${file}: run cp .env.sample .env, and fill in the project`];
}

function mistypedNames(names: readonly string[]): [name: string, meant: string][] {
  return names.flatMap((name) => {
    const meant = isKnown(name) ? undefined : meantBy(name);
    return meant === undefined ? [] : [[name, meant]];
  });
}

/** Names that no table of settings has, and that a settings file may have all the same. */
const OTHERS = ['PUBSUB_EMULATOR_HOST', 'PREVIEW_PROJECT', 'PULL_REQUEST', 'FIVE9_TRUST_TOKEN'];

/** What other tools of Google call these. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ...named(
    'GCP_PROJECT_ID',
    'PROJECT',
    'PROJECT_ID',
    'GCP_PROJECT',
    'GCLOUD_PROJECT',
    'GOOGLE_CLOUD_PROJECT',
  ),
  ...named('SERVICE_REGION', 'REGION', 'GCP_REGION', 'GOOGLE_CLOUD_REGION', 'LOCATION', 'GCP_LOCATION'),
  ...named('SERVICE_REGION', 'GOOGLE_CLOUD_LOCATION'),
};

function named(meant: string, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, meant]));
}

function knownNames(): Set<string> {
  const tables = [deploySettings, relaySettings, functionSettings];
  return new Set([
    ...tables.flatMap((table) => Object.values(table).map(({ env }) => env)),
    ...Object.keys(UNUSED_VARIABLES),
    ...OTHERS,
  ]);
}

const KNOWN = knownNames();

function isKnown(name: string): boolean {
  return KNOWN.has(name);
}

function meantBy(name: string): string | undefined {
  const upper = name.toUpperCase().replaceAll('-', '_');
  if (KNOWN.has(upper)) return upper;
  if (SYNONYMS[upper] !== undefined) return SYNONYMS[upper];
  // A name without its last word: REDIS_SIZE for REDIS_SIZE_GB. Where two begin so, neither is sure.
  const longer = [...KNOWN].filter((known) => known.startsWith(`${upper}_`));
  return nearest(upper, KNOWN) ?? (longer.length === 1 ? longer[0] : undefined);
}
