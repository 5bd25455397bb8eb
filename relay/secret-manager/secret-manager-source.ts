import { ConfigError } from '../../shared/errors.ts';
import type { KeySource } from '../identity/rotation/key-source.ts';
import { type SigningKey, signingKey } from '../identity/signing-key.ts';
import type { AccessSecret } from './secret-access.ts';

export interface SecretSourceOptions {
  /** `projects/P/secrets/S`. */
  secret: string;
  access: AccessSecret;
  /** The variable that names the secret, for error messages. */
  variable: string;
}

/** A secret of Secret Manager: its latest version, and the one before it while that is enabled. */
export function secretManagerKeys({ secret, access, variable }: SecretSourceOptions): KeySource {
  function fault(what: string, remedy: string): ConfigError {
    return new ConfigError([`the secret that ${variable} names ${what}: ${remedy}`]);
  }

  const keyOf = (text: string): SigningKey => signingKey(text, `the secret that ${variable} names`);

  /** @returns the version, or the status that it is refused with. */
  async function get(version: string): Promise<{ number: number; text: string } | { status: number }> {
    const answer = await access(`${secret}/versions/${version}`);
    if (!('fault' in answer)) return answer;
    if (answer.fault === 'unreadable') throw fault('was answered with something else', 'look at the name');
    throw fault('could not be asked for', 'the relay needs Google credentials and a way to Google APIs');
  }

  /** A previous version that is no key, such as the reference's of 20 characters, has signed nothing of ours. */
  function previousOf(text: string): SigningKey[] {
    try {
      return [keyOf(text)];
    } catch (error) {
      if (error instanceof ConfigError) return [];
      throw error;
    }
  }

  return {
    async read({ withPrevious }) {
      const latest = await get('latest');
      if ('status' in latest) {
        throw fault(
          `was refused by Secret Manager (${latest.status})`,
          'it has to exist, with its latest version enabled, and the service account of the relay needs the role ' +
            'roles/secretmanager.secretAccessor on it',
        );
      }
      const key = keyOf(latest.text);
      if (!withPrevious || latest.number < 2) return [key];
      const before = await get(String(latest.number - 1));
      if ('text' in before) return [key, ...previousOf(before.text)];
      // Disabled or destroyed (400), or never there (404): the operator has withdrawn it.
      if (before.status === 400 || before.status === 404) return [key];
      throw fault(`was refused by Secret Manager (${before.status})`, 'try again');
    },
  };
}
