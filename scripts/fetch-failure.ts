/** Why a `fetch` was not answered, in a few words: its own message is only "fetch failed". */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return fetchFailure(error.cause);
  // Where a name has several addresses, the message is empty and the code tells.
  return error.message || ('code' in error ? String(error.code) : error.name);
}
