/** What a guard was to read: the value, or why it could not be read. What could not be read is never a yes. */
export type Reading<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly reason: string };

/** Reads something for a guard; a failure is an answer of its own. */
export async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { known: false, reason: reason.slice(0, 300) };
  }
}
