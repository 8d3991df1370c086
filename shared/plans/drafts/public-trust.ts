import { canonicalJson } from '../../changes/change.ts';
import type { Config } from '../../config/config.ts';
import type { Estate, RoleView } from '../../estate/estate.ts';
import { compile } from '../../iam/compile.ts';
import { decide } from '../../iam/evaluate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Statement } from '../../iam/policy.ts';
import type { Request } from '../../iam/request.ts';
import { podIdentityRequests, webIdentityRequest } from '../../iam/requests.ts';
import { annotatedWith } from '../../identity/annotated.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { parseIssuer, providerArnFor } from '../../identity/issuer.ts';
import { podIdentityStatement } from '../../identity/pod-identity-chain.ts';
import type { JsonObject } from '../../identity/policy-edit.ts';
import { STS_AUDIENCE, subjectOf } from '../../identity/service-account.ts';
import { clustersOf } from '../../rules/intent.ts';
import { declarationOf } from '../declared.ts';
import { type Draft, declined } from '../draft.ts';
import { draftTightening, undeclaredWords } from './tighten.ts';

/** Somebody who is known to use a role, or means to. */
interface User {
  readonly words: string;
  /** Whether a binding declares it, by the ARN of the cluster. */
  readonly isDeclared: boolean;
  /** The calls that it makes for the role. */
  readonly calls: readonly Request[];
  /** Cluster or issuer by which it comes, so that those of one share a statement. */
  readonly by: string;
  readonly statement: (users: readonly User[]) => JsonObject;
}

/**
 * A trust policy that admits everyone, narrowed to those who are known to use the role: associations, declared and
 * annotated ServiceAccounts, observed sessions. Whom nobody declares stays where the very statement lets it in today, so
 * that no wish stands in the way. Declined where nobody is known: podtrust records no sessions of people.
 */
export function draftNotPublic(role: RoleView, estate: Estate, config: Config): Draft {
  const users = [...podUsers(role, estate, config), ...webUsers(role, estate, config)];
  const document: { readonly [key: string]: unknown } = JSON.parse(role.role.trustPolicy);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? 'Statement';
  const written = [document[key] ?? []].flat();
  const open = (role.trust().policy?.statements ?? []).filter(isPublic).map((statement) => ({
    statement,
    users: users.filter((user) => letsIn(written[statement.index], user)),
  }));
  const kept = users.filter((user) => open.some((one) => one.users.includes(user)));
  // Its conditions are made for whom the statement lets in: others could perhaps never meet them.
  const added = users.filter((user) => user.isDeclared && !kept.includes(user));
  if (kept.length + added.length === 0)
    return declined(
      'Nobody is known to use the role: no association, binding, annotation or observed session names it. Which people and programs assume it is in CloudTrail alone (AssumeRole): name them by hand, or require aws:PrincipalOrgID.',
    );
  const indexes = new Set(open.map(({ statement }) => statement.index));
  const narrowed = [
    ...open.flatMap(({ statement, users: some }) =>
      statementsFor(some).map((one) => withConditionsOf(one, statement)),
    ),
    ...statementsFor(added),
  ];
  const others = written.filter((_, index) => !indexes.has(index));
  return draftTightening(
    role,
    {
      text: 'name those who are known to use it in place of everyone.',
      before: role.role.trustPolicy,
      after: JSON.stringify({ ...document, [key]: [...others, ...distinct(narrowed)] }),
    },
    { approval: undeclaredWords(kept.filter(({ isDeclared }) => !isDeclared).map(({ words }) => words)) },
  );
}

/** One statement for those of one issuer, and for each association. */
function statementsFor(users: readonly User[]): JsonObject[] {
  return [...Map.groupBy(users, ({ by }) => by).values()].flatMap((some) =>
    some.slice(0, 1).map(({ statement }) => statement(some)),
  );
}

const distinct = (statements: readonly JsonObject[]): JsonObject[] => [
  ...new Map(statements.map((one) => [canonicalJson(one), one])).values(),
];

function isPublic({ effect, principal }: Statement): boolean {
  return (
    effect === 'Allow' &&
    principal?.negated === false &&
    (principal.everyone || principal.entries.some(({ value }) => value === '*'))
  );
}

/** Whether a statement, taken by itself, may let somebody in. */
function letsIn(statement: unknown, { calls }: User): boolean {
  const { policy } = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), 'trust');
  if (policy === null) return false;
  const compiled = compile(policy);
  return calls.every((call) => decide(compiled, call) !== 'denied');
}

function podUsers({ role: { arn } }: RoleView, estate: Estate, config: Config): User[] {
  return (estate.associationsByRole.get(arn) ?? [])
    .filter(({ association }) => association.roleArn === arn)
    .map(({ association, cluster }): User => {
      const { namespace, serviceAccount } = association;
      const pod = {
        clusterArn: cluster.cluster.arn,
        account: cluster.account.id,
        namespace,
        serviceAccount,
        tags: hasSessionTags(association),
      };
      const { assume, tagSession } = podIdentityRequests({
        ...pod,
        roleArn: arn,
        at: cluster.account.takenAt,
      });
      return {
        words: `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`,
        isDeclared:
          declarationOf({ cluster, namespace, serviceAccount, role: arn }, config).kind === 'declared',
        calls: tagSession === null ? [assume] : [assume, tagSession],
        by: association.id,
        statement: () => podIdentityStatement(pod),
      };
    });
}

/** Subjects by the issuers whose providers exist: they share a statement for each. */
function webUsers(role: RoleView, estate: Estate, config: Config): User[] {
  const { account } = role;
  const { arn } = role.role;
  const users = new Map<string, User>();
  const add = (issuer: string | null | undefined, subject: string, isDeclared: boolean) => {
    if (issuer === null || issuer === undefined) return;
    const provider = providerArnFor(account.partition, account.id, issuer);
    const audiences = account.providersByArn.get(provider)?.clientIds;
    const key = `${issuer} ${subject}`;
    if (audiences === undefined || users.get(key)?.isDeclared === true) return;
    const call = { provider, issuerKey: issuer, subject, audience: STS_AUDIENCE, roleArn: arn };
    users.set(key, {
      words: subject,
      isDeclared,
      calls: [webIdentityRequest({ ...call, at: account.takenAt })],
      by: issuer,
      statement: (some) => ({
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${issuer}:sub`]: some.map(({ words }) => words).sort(),
            [`${issuer}:aud`]: [...audiences],
          },
        },
      }),
    });
  };
  for (const { cluster, namespace, serviceAccount } of annotatedWith(arn, estate))
    add(cluster.issuerKey, subjectOf(namespace, serviceAccount), false);
  for (const binding of (config.bindings ?? []).filter((one) => one.role === arn)) {
    const { namespace, serviceAccount } = binding;
    for (const cluster of clustersOf(binding, estate.clusters, estate)) {
      const { kind } = declarationOf({ cluster, namespace, serviceAccount, role: arn }, config);
      add(cluster.issuerKey, subjectOf(namespace, serviceAccount), kind === 'declared');
    }
  }
  for (const { role: one, issuer, subject } of account.account.observed?.sessions?.seen ?? [])
    if (one === arn && issuer !== undefined && subject !== undefined)
      add(parseIssuer(issuer).key, subject, false);
  return [...users.values()];
}

/** What the statement for everyone asked for besides stays asked for. */
function withConditionsOf(statement: JsonObject, { conditions }: Statement): JsonObject {
  const merged: Record<string, Record<string, string | readonly string[]>> = {};
  const own: unknown = statement['Condition'];
  for (const [operator, keys] of Object.entries(own ?? {})) merged[operator] = { ...keys };
  for (const { operator, key, values } of conditions)
    merged[operator.written] = { ...merged[operator.written], [key]: values };
  return { ...statement, Condition: merged };
}
