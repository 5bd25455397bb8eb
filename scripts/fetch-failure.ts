/** Why a `fetch` was not answered, in a few words: its own message is only "fetch failed". */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return fetchFailure(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  // OpenSSL's own texts name lines of its source.
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'what answers there does not speak TLS';
  if (code.startsWith('ERR_SSL_')) return `TLS: ${code}`;
  // Where a name has several addresses, the message is empty and the code tells.
  return error.message || code || error.name;
}
