/**
 * Gives the agent's credential at the identity provider that the relay asks, as `POST /register` takes it in
 * `Authorization`. It is asked for each registration, so it may be renewed in between. Undefined where the relay lets
 * anybody register, or where something in front of it adds the credential.
 *
 * To sign agents in, return your provider's token here: docs/desktop.md.
 */
export async function agentCredential(): Promise<string | undefined> {
  return undefined;
}
