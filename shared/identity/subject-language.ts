import type { Language } from '../iam/languages/explore.ts';
import { type Glob, literalGlob, type Token } from '../iam/languages/globs.ts';
import { SUBJECT_PREFIX } from './service-account.ts';

const ALPHANUMERIC: Token = { kind: 'one', of: 'alphanumeric' };

/** Names begin and end with a letter or digit, so that one of a single character is a case of its own. */
const NAMESPACES: readonly Glob[] = [
  [ALPHANUMERIC],
  [ALPHANUMERIC, { kind: 'many', of: 'label' }, ALPHANUMERIC],
];
const NAMES: readonly Glob[] = [[ALPHANUMERIC], [ALPHANUMERIC, { kind: 'many', of: 'name' }, ALPHANUMERIC]];

/** The subjects that ServiceAccounts can have, except for limits on length and dots side by side. */
export const SERVICE_ACCOUNT_SUBJECTS: Language = NAMESPACES.flatMap((namespace) =>
  NAMES.map((name) => [...literalGlob(SUBJECT_PREFIX), ...namespace, ...literalGlob(':'), ...name]),
);
