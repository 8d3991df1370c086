import type { Language } from '../languages/explore.ts';
import { type Glob, literalGlob, type SymbolClass, type Token } from '../languages/globs.ts';
import type { CallerClass } from './callers.ts';
import { NAMESPACE_TAG, PRINCIPAL_ARN, SERVICE_ACCOUNT_TAG, SOURCE_ARN } from './domains.ts';
import type { Question, Taste } from './worlds.ts';

/** Most candidates worth trying before any string will do. */
const MOST_CANDIDATES = 400;

const one = (of: SymbolClass): Token => ({ kind: 'one', of });
const many = (of: SymbolClass): Token => ({ kind: 'many', of });

/** A name as Kubernetes has it: letters and digits at both ends. */
function kubernetesName(of: 'label' | 'name'): Glob[] {
  return [[one('alphanumeric')], [one('alphanumeric'), many(of), one('alphanumeric')]];
}

const NAMESPACES = kubernetesName('label');
const NAMES = kubernetesName('name');
const SUBJECT = literalGlob('system:serviceaccount:');
const SERVICE_ACCOUNTS: Language = NAMESPACES.flatMap((namespace) =>
  NAMES.map((name) => [...SUBJECT, ...namespace, ...literalGlob(':'), ...name]),
);
const ANY_TEXT: Language = [[one('any'), many('any')]];

/** How values of a key look best: those the policies themselves name, then plausible strangers. */
export function tasteOf(callers: CallerClass, key: string, questions: readonly Question[]): Taste {
  const named = questions.flatMap(({ test, part }) =>
    part === null ? test.languages.flat().flatMap(instances) : [],
  );
  const candidates = (more: readonly string[]) => [...new Set([...more, ...named])].slice(0, MOST_CANDIDATES);
  if (callers.kind === 'web-identity' && key === `${callers.issuer}:sub` && callers.eks) {
    return { candidates: candidates(subjects(named)), shapes: SERVICE_ACCOUNTS };
  }
  if (key.endsWith(':aud')) return { candidates: candidates(['sts.amazonaws.com']), shapes: ANY_TEXT };
  if (key === NAMESPACE_TAG) return { candidates: candidates(['default', 'other']), shapes: NAMESPACES };
  if (key === SERVICE_ACCOUNT_TAG) return { candidates: candidates(['app', 'other']), shapes: NAMES };
  if (key === PRINCIPAL_ARN) return { candidates: candidates(principals(named)), shapes: ANY_TEXT };
  if (key === SOURCE_ARN) return { candidates: candidates(clusters(named)), shapes: ANY_TEXT };
  return { candidates: candidates([...named, 'other']), shapes: ANY_TEXT };
}

/** Strings that the glob takes: wildcards left out, and filled in. */
function instances(glob: Glob): string[] {
  const fill = (long: string, short: string) =>
    glob
      .map((token) => (token.kind === 'symbol' ? token.symbol : token.kind === 'many' ? long : short))
      .join('');
  return [...new Set([fill('', 'a'), fill('other', 'a')])];
}

/** Namespaces and names of the policies in every combination, with some that they do not name. */
function subjects(named: readonly string[]): readonly string[] {
  const parts = named.map((subject) => /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject));
  const namespaces = new Set(parts.flatMap((part) => part?.[1] ?? []));
  const names = new Set(parts.flatMap((part) => part?.[2] ?? []));
  const crossed = [...namespaces, 'default', 'other'].flatMap((namespace) =>
    [...names, 'app', 'other'].map((name) => `system:serviceaccount:${namespace}:${name}`),
  );
  return [...named.filter((_, index) => parts[index] !== null), ...crossed];
}

function principals(named: readonly string[]): readonly string[] {
  const accounts = new Set(named.flatMap((arn) => /^arn:[a-z-]+:iam::\d{12}:/.exec(arn)?.[0] ?? []));
  const strangers = [...accounts, 'arn:aws:iam::999999999999:'].map((account) => `${account}role/other`);
  return [...named.filter((arn) => /:(?:role|user)\//.test(arn)), ...strangers];
}

function clusters(named: readonly string[]): readonly string[] {
  const homes = new Set(named.flatMap((arn) => /^arn:[a-z-]+:eks:[a-z0-9-]+:\d{12}:/.exec(arn)?.[0] ?? []));
  return [
    ...named,
    ...[...homes, 'arn:aws:eks:us-east-1:999999999999:'].map((home) => `${home}cluster/other`),
  ];
}
