import type { Estate } from '../../estate/estate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Statement } from '../../iam/policy.ts';
import { parseProviderArn } from '../../identity/issuer.ts';

const MOST_STATEMENTS = 50;
const LONGEST = 1500;

/** Whom a trust policy admits, one sentence for each statement; Deny statements say whom they keep out. */
export function admittedWords(text: string, estate: Estate): string[] {
  const { policy } = parsePolicy(text, 'trust');
  if (policy === null) return ['nobody: IAM would refuse this document'];
  return policy.statements
    .slice(0, MOST_STATEMENTS)
    .map((statement) => sentence(statement, estate).slice(0, LONGEST));
}

function sentence(statement: Statement, estate: Estate): string {
  const who = principalWords(statement, estate);
  const conditions = statement.conditions.map(
    ({ operator, key, values }) => `${key} ${operator.written} ${values.join(' | ')}`,
  );
  const when = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
  return `${statement.effect === 'Deny' ? 'not ' : ''}${who}${when}`;
}

function principalWords({ principal }: Statement, estate: Estate): string {
  if (principal === undefined) return 'nobody';
  const names = principal.everyone
    ? ['everyone']
    : principal.entries.map(({ kind, value }) => named(kind, value, estate));
  return principal.negated ? `everyone but ${names.join(', ')}` : names.join(', ');
}

function named(kind: string, value: string, estate: Estate): string {
  const issuer = kind === 'Federated' ? parseProviderArn(value)?.issuer : undefined;
  if (issuer === undefined) return value;
  const cluster = estate.clustersByIssuer.get(issuer.key)?.[0];
  return cluster === undefined
    ? `tokens of ${issuer.key}`
    : `ServiceAccounts of cluster ${cluster.cluster.name} (${issuer.key})`;
}
