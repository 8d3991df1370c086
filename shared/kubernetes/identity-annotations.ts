import { redact } from '../estate/redact.ts';

/** Keys that mean AWS identity, or were meant to: `eks.amazonaws.com/…`, kube2iam's, and their misspellings. */
const KEY = /amazonaws\.com|amazon\.com\/|^eks[./]|(?:^|\/)(?:iam[-_.]?)?role[-_.]?arn$/i;

/** A value that names a role, whatever the key. */
const ROLE = /^\s*arn:[^:\s]*:iam::[^:]*:(?:role|assumed-role)\//;

const MOST = 50;
const LONGEST = 2048;

/** Annotations or labels that concern AWS identity, well or badly spelt; undefined when there are none. */
export function identityAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
): Record<string, string> | undefined {
  const found = Object.entries(annotations ?? {})
    .filter(([key, value]) => (KEY.test(key) || ROLE.test(value)) && value.length <= LONGEST)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST)
    .map(([key, value]) => [key, redact(value)]);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
