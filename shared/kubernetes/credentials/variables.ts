import type { Container } from '../../estate/kubernetes-schema.ts';

/** Whether a variable is set: `maybe` where it comes from a Secret or ConfigMap that may be absent. */
export type Presence = 'set' | 'maybe' | 'unset';

/** Whether a container has a variable. An empty text counts as unset in the SDKs' chains. */
export function presence({ env }: Container, name: string): Presence {
  const entry = env.find((one) => one.name === name);
  if (entry === undefined || entry.value === '') return 'unset';
  return entry.optional === true ? 'maybe' : 'set';
}

/** The text of a variable, or undefined where it has none that is known. */
export function textOf({ env }: Container, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = env.find((one) => one.name === name)?.value;
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** True when a container takes whole Secrets or ConfigMaps as variables, whose names are not read. */
export function takesUnknownVariables({ envFrom }: Container): boolean {
  return (envFrom?.length ?? 0) > 0;
}
