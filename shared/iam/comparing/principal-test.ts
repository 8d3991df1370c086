import { parseArn, splitArn } from '../arn.ts';
import type { Language } from '../languages/explore.ts';
import { type Glob, literalGlob } from '../languages/globs.ts';
import type { PrincipalElement } from '../policy.ts';
import { compilePrincipal } from '../principal.ts';
import type { Caller } from '../request.ts';
import type { Test } from './tests.ts';

/** A principal element as a test of the ARN of an IAM principal, or null when it takes all of them. */
export function principalTest(principal: PrincipalElement): Test | null {
  if (principal.everyone && !principal.negated) return null;
  const matches = compilePrincipal(principal);
  return {
    id: principalId(principal),
    languages: principal.everyone ? [] : languagesOf(principal),
    holds: (arn) => matches(awsCaller(arn)),
    family: 'string',
    samples: [],
    partial: false,
    words: principalWords(principal),
  };
}

/** A principal element that cannot be decided for one certain caller, as an assumption that may hold or not. */
export function openPrincipalTest(principal: PrincipalElement): Test {
  return {
    id: principalId(principal),
    languages: [],
    holds: () => 'undecided',
    family: 'string',
    samples: [],
    partial: false,
    words: principalWords(principal),
  };
}

/** The caller of an IAM ARN; a role calls in a session that no policy names. */
export function awsCaller(arn: string): Extract<Caller, { kind: 'aws' }> {
  const [, partition = '', , , account = '', resource = ''] = splitArn(arn);
  if (!resource.startsWith('role/')) return { kind: 'aws', arn, account };
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  return {
    kind: 'aws',
    arn,
    account,
    sessionArn: `arn:${partition}:sts::${account}:assumed-role/${name}/unnamed`,
  };
}

/** Accounts and exact ARNs apart, since `NotPrincipal` asks for both. */
function languagesOf(principal: PrincipalElement): readonly Language[] {
  const accounts: Glob[] = [];
  const arns: Glob[] = [];
  for (const { kind, value } of principal.entries) {
    if (kind !== 'AWS') continue;
    const root = parseArn(value);
    if (/^\d{12}$/.test(value)) accounts.push(principalsOf(null, value));
    else if (root?.resource === 'root') accounts.push(principalsOf(root.partition, root.account));
    else arns.push(literalGlob(value));
  }
  return [accounts, arns];
}

function principalsOf(partition: string | null, account: string): Glob {
  const anyPart = { kind: 'many', of: 'not-colon' } as const;
  const head: Glob = partition === null ? [...literalGlob('arn:'), anyPart] : literalGlob(`arn:${partition}`);
  return [...head, ...literalGlob(`:iam::${account}:`), { kind: 'many', of: 'any' }];
}

function principalId(principal: PrincipalElement): string {
  const entries = principal.entries.map(({ kind, value }) => `${kind} ${JSON.stringify(value)}`);
  return `principal ${principal.negated} ${principal.everyone} ${[...new Set(entries)].sort().join()}`;
}

function principalWords({ negated, entries }: PrincipalElement): string {
  return `${negated ? 'NotPrincipal' : 'Principal'} [${entries.map(({ value }) => value).join(', ')}]`;
}
