import type { Witness } from '../../../shared/iam/comparison.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide, type Outcome } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { Policy } from '../../../shared/iam/policy.ts';
import type { Caller } from '../../../shared/iam/request.ts';

/** Short ways to write trust policies in tests, and to ask what a policy says of a witness. */
export const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/AAAA1111BBBB2222CCCC3333DDDD4444';
export const OTHER_ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/EEEE5555FFFF6666AAAA7777BBBB8888';
export const ACCOUNT = '111122223333';
export const SA = 'system:serviceaccount:';

export type Conditions = Record<string, Record<string, unknown>>;

/** A trust policy of these statements. */
export function trust(...statements: readonly object[]): Policy {
  return trustOf('2012-10-17', statements);
}

export function trustOf(version: string, statements: readonly object[]): Policy {
  const result = parsePolicy(JSON.stringify({ Version: version, Statement: statements }), 'trust');
  if (result.policy === null) throw new Error(`Refused: ${JSON.stringify(result.problems)}`);
  return result.policy;
}

export function provider(issuer = ISSUER): string {
  return `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`;
}

/** A statement about web identities; `sub` and `aud` in condition blocks stand for the issuer's keys. */
export function web(conditions: Conditions = {}, effect = 'Allow', issuer = ISSUER): object {
  const Condition = Object.fromEntries(
    Object.entries(conditions).map(([operator, block]) => [
      operator,
      Object.fromEntries(
        Object.entries(block).map(([key, values]) => [
          key === 'sub' || key === 'aud' ? `${issuer}:${key}` : key,
          values,
        ]),
      ),
    ]),
  );
  const Principal = { Federated: provider(issuer) };
  return { Effect: effect, Principal, Action: 'sts:AssumeRoleWithWebIdentity', Condition };
}

export function sub(operator: string, ...values: readonly string[]): Conditions {
  return { [operator]: { sub: values } };
}

export function pods(
  Condition: Conditions = {},
  Action: unknown = ['sts:AssumeRole', 'sts:TagSession'],
): object {
  return { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action, Condition };
}

export function aws(AWS: unknown, Condition: Conditions = {}, Effect = 'Allow'): object {
  return { Effect, Principal: { AWS }, Action: 'sts:AssumeRole', Condition };
}

/** What the evaluator says of a witness. */
export function outcomeOf(policy: Policy, witness: Witness): Outcome {
  return decide(compile(policy), {
    caller: callerOf(witness),
    action: witness.action,
    context: (key) => {
      const value = witness.context[key];
      return value === undefined ? 'absent' : [value];
    },
  });
}

function callerOf({ kind, caller, session }: Witness): Caller {
  if (kind === 'Federated') return { kind: 'federated', provider: caller };
  if (kind === 'Service') return { kind: 'service', service: caller };
  const account = caller.split(':')[4] ?? '';
  return { kind: 'aws', arn: caller, account, ...(session === undefined ? {} : { sessionArn: session }) };
}
