/** The keys that differ between two maps of texts; null takes one away (RFC 7386). */
export function mergePatch(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const set = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return Object.fromEntries([...gone.map((key): [string, null] => [key, null]), ...set]);
}
