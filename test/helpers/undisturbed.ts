/**
 * Runs a step again when it fails, for one whose short limits a stall of the machine breaks. A fault of the product fails
 * each attempt, so that the last failure is thrown. A step makes all that it uses itself, with names of its own.
 */
export async function undisturbed<T>(step: () => Promise<T>, attempts = 5): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (attempt === attempts) throw error;
    }
  }
}
