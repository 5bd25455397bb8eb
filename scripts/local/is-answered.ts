const PATIENCE_MS = 2_000;

/** Whether a GET of the address is answered with a status of 2xx. */
export async function isAnswered(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
