/** Google's own receiver of OTLP. Source: Google Cloud Observability, "Telemetry (OTLP) API overview". */
const GOOGLE_ORIGIN = 'https://telemetry.googleapis.com';

const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token';
const LIMIT_MS = 2_000;

/** Whether an endpoint is Google's receiver, which wants an access token. */
export function isGoogleReceiver(endpoint: string): boolean {
  return new URL(endpoint).origin === GOOGLE_ORIGIN;
}

/**
 * The headers of an export to Google: an access token of the service account, from the metadata server of Cloud Run. That server
 * keeps tokens, so it is asked at each export. Without a token the export is refused with 401, which is logged.
 *
 * @param metadataHost Host of the metadata server, with its port if it has one.
 */
export async function googleAuthorization(metadataHost: string): Promise<Record<string, string>> {
  try {
    const response = await fetch(`http://${metadataHost}${TOKEN_PATH}`, {
      headers: { 'metadata-flavor': 'Google' },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const { access_token: token } = (await response.json()) as { access_token?: unknown };
    return response.ok && typeof token === 'string' ? { authorization: `Bearer ${token}` } : {};
  } catch {
    return {};
  }
}
