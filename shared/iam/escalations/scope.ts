/** How far a resource pattern reaches among the resources of one type. */
export type Scope = 'any' | 'family' | 'named';

const RANK: Readonly<Record<Scope, number>> = { named: 0, family: 1, any: 2 };

/** True when `scope` reaches at least as far as `threshold`. */
export function reaches(scope: Scope, threshold: Scope): boolean {
  return RANK[scope] >= RANK[threshold];
}

const WILD = /[*?]|\$\{/;
const ONLY_WILD = /^[*?]*\*[*?]*$/;

/**
 * Scope of a pattern that is already known to overlap the type: `any` when nothing but wildcards stands for the name
 * (`*`, `arn:aws:iam::*:role/*`), `named` when the name has no wildcard, else `family` (`role/app-*`). A wildcard in
 * partition, region or account widens nothing: the name decides.
 */
export function scopeOf(pattern: string, typePrefix: string): Scope {
  const resource = resourcePart(pattern);
  if (!WILD.test(resource)) return 'named';
  if (ONLY_WILD.test(resource)) return 'any';
  const name = resource.startsWith(typePrefix) ? resource.slice(typePrefix.length) : resource;
  if (ONLY_WILD.test(name)) return 'any';
  // `role*`, `r*`: the literal part is a prefix of the type, so no name is singled out.
  const literal = resource.replace(/\*+$/, '');
  return literal !== resource && typePrefix.startsWith(literal) ? 'any' : 'family';
}

/** The part after the fifth colon; where a wildcard has swallowed the colons, all that follows the last of them. */
function resourcePart(pattern: string): string {
  const parts = pattern.split(':');
  if (parts.length >= 6) return parts.slice(5).join(':');
  const last = parts.at(-1) ?? pattern;
  const wild = last.indexOf('*');
  return wild < 0 ? last : last.slice(wild);
}
