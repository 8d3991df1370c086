import { canonicalJson } from '../../changes/change.ts';
import { admitsAll } from '../../changes/trust/prove.ts';
import type { Estate, RoleView } from '../../estate/estate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Condition, Statement } from '../../iam/policy.ts';
import { parseProviderArn } from '../../identity/issuer.ts';
import {
  hasWildcard,
  POD_IDENTITY_SERVICE,
  parseSubject,
  STS_AUDIENCE,
} from '../../identity/service-account.ts';
import type { BoundIdentity } from '../ways/way.ts';

/** A JSON value of a policy. */
type Json = string | readonly Json[] | { readonly [key: string]: Json };

/** Somebody whom a changed statement is meant to let in: the statement that admits exactly him, and who he is. */
export interface Admission {
  readonly words: string;
  readonly statement: Json;
  /** The ServiceAccounts, where they are known one by one; null for everything else. */
  readonly identities: readonly BoundIdentity[] | null;
}

/**
 * Whom the Allow statements that a change adds or alters name, one by one where they do. What cannot be listed is the
 * statement itself: a person has to read it.
 */
export function admissionsOf(before: string, after: string, role: RoleView, estate: Estate): Admission[] {
  const old = new Set(statementTexts(before));
  const texts = statementTexts(after);
  return (parsePolicy(after, 'trust').policy?.statements ?? [])
    .filter(({ effect, index }) => effect === 'Allow' && !old.has(texts[index] ?? ''))
    .flatMap((statement) => listed(statement, role, estate) ?? [whole(statement)]);
}

/** The same without those who got in before the change. */
export function newAdmissions(before: string, after: string, role: RoleView, estate: Estate): Admission[] {
  return admissionsOf(before, after, role, estate).filter(
    ({ statement }) => !admitsAll(before, policyOf([statement])),
  );
}

/** A trust policy of some statements. */
export function policyOf(statements: readonly unknown[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function statementTexts(text: string): string[] {
  const document: { readonly [key: string]: unknown } = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? '';
  return [document[key] ?? []].flat().map(canonicalJson);
}

function listed(statement: Statement, role: RoleView, estate: Estate): Admission[] | null {
  const { principal } = statement;
  if (principal === undefined || principal.negated || principal.everyone || statement.action.negated)
    return null;
  const each = principal.entries.map(({ kind, value }) => {
    if (kind === 'Federated') return webAdmissions(statement, value, role, estate);
    if (kind === 'Service' && value.toLowerCase() === POD_IDENTITY_SERVICE)
      return podAdmissions(statement, role, estate);
    return kind === 'AWS' && /:(?:role|user)\//.test(value) && !hasWildcard(value)
      ? [{ words: value, statement: rebuilt(statement, { AWS: value }, []), identities: null }]
      : null;
  });
  return each.includes(null) ? null : each.flatMap((one) => one ?? []);
}

function webAdmissions(
  statement: Statement,
  provider: string,
  role: RoleView,
  estate: Estate,
): Admission[] | null {
  const issuer = parseProviderArn(provider)?.issuer;
  if (issuer === undefined) return null;
  const key = issuer.key.toLowerCase();
  const subjects = exactValues(statement, `${key}:sub`);
  const audiences = audiencesOf(statement, key);
  if (subjects === null || audiences === null) return null;
  const cluster = estate.clustersByIssuer.get(issuer.key)?.[0];
  // A binding means tokens for STS: those for another audience are handed to others, who could use them too.
  const accepted = audiences.values ?? role.account.providersByArn.get(provider)?.clientIds;
  const usual = accepted?.every((audience) => audience === STS_AUDIENCE) === true;
  const tokens =
    audiences.values === null || usual ? '' : ` with tokens for ${audiences.values.join(' or ')}`;
  return subjects.values.map((subject): Admission => {
    const named = parseSubject(subject);
    const conditions = {
      [`${issuer.key}:sub`]: subject,
      ...(audiences.values !== null && { [`${issuer.key}:aud`]: audiences.values }),
    };
    return {
      words: `${subject} of ${cluster === undefined ? issuer.key : `cluster ${cluster.cluster.name} (${issuer.key})`}${tokens}`,
      statement: rebuilt(
        statement,
        { Federated: provider },
        [...subjects.conditions, ...audiences.conditions],
        conditions,
      ),
      identities:
        named === null || cluster === undefined || !usual
          ? null
          : [{ cluster, ...named, role: role.role.arn }],
    };
  });
}

/** The audiences that a statement takes; `values` null where it leaves them to the provider, null where it is not known. */
function audiencesOf(
  statement: Statement,
  key: string,
): { readonly values: readonly string[] | null; readonly conditions: readonly Condition[] } | null {
  const asked = statement.conditions.some((condition) => condition.key.toLowerCase() === `${key}:aud`);
  return asked ? exactValues(statement, `${key}:aud`) : { values: null, conditions: [] };
}

const NAMESPACE = 'aws:requesttag/kubernetes-namespace';
const SERVICE_ACCOUNT = 'aws:requesttag/kubernetes-service-account';

function podAdmissions(statement: Statement, role: RoleView, estate: Estate): Admission[] | null {
  const source =
    exactValues(statement, 'aws:sourcearn') ?? exactValues(statement, 'aws:requesttag/eks-cluster-arn');
  const [namespaces, names] = [exactValues(statement, NAMESPACE), exactValues(statement, SERVICE_ACCOUNT)];
  if (source === null || namespaces === null || names === null) return null;
  const clusters = source.values.map((arn) => estate.clusters.find(({ cluster }) => cluster.arn === arn));
  const identities = clusters.flatMap((cluster) =>
    namespaces.values.flatMap((namespace) =>
      names.values.map((serviceAccount) => ({ cluster, namespace, serviceAccount, role: role.role.arn })),
    ),
  );
  return [
    {
      words: `Pod Identity for ${namespaces.values.join(', ')}/${names.values.join(', ')} of ${source.values.join(', ')}`,
      statement: rebuilt(statement, { Service: POD_IDENTITY_SERVICE }, []),
      identities: identities.every(isOfCluster) ? identities : null,
    },
  ];
}

function isOfCluster<T extends { readonly cluster: unknown }>(one: T): one is T & BoundIdentity {
  return one.cluster !== undefined;
}

/** The only values that a statement takes for a key, and the conditions that say so; null where there may be others. */
function exactValues(
  { conditions }: Statement,
  key: string,
): { readonly values: readonly string[]; readonly conditions: readonly Condition[] } | null {
  const about = conditions.filter((condition) => condition.key.toLowerCase() === key);
  const [only] = about;
  if (only === undefined || about.length > 1) return null;
  const { name, set, ifExists } = only.operator;
  const exact =
    (name === 'StringEquals' || name === 'ArnEquals' || name === 'StringLike' || name === 'ArnLike') &&
    set === undefined &&
    !ifExists &&
    only.values.length > 0 &&
    !only.values.some((value) => value.includes('${') || (name !== 'StringEquals' && hasWildcard(value)));
  return exact ? { values: only.values, conditions: about } : null;
}

/** A statement for one principal, with its conditions but those left out, and with equal values in their place. */
function rebuilt(
  { action, conditions }: Statement,
  principal: { readonly [kind: string]: string },
  leftOut: readonly Condition[],
  equal: { readonly [key: string]: Json } = {},
): Json {
  const Condition: { [operator: string]: { [key: string]: Json } } = {};
  const add = (operator: string, key: string, value: Json) => {
    Condition[operator] = { ...Condition[operator], [key]: value };
  };
  for (const condition of conditions)
    if (!leftOut.includes(condition)) add(condition.operator.written, condition.key, condition.values);
  for (const [key, value] of Object.entries(equal)) add('StringEquals', key, value);
  return { Effect: 'Allow', Principal: principal, Action: action.patterns, Condition };
}

/** All that a statement admits, whoever that is. */
function whole(statement: Statement): Admission {
  const { principal, action, conditions } = statement;
  const kinds = Map.groupBy(principal?.entries ?? [], ({ kind }) => kind);
  const who =
    principal?.everyone === true
      ? '*'
      : Object.fromEntries([...kinds].map(([kind, entries]) => [kind, entries.map(({ value }) => value)]));
  const Condition: { [operator: string]: { [key: string]: Json } } = {};
  for (const { operator, key, values } of conditions)
    Condition[operator.written] = { ...Condition[operator.written], [key]: values };
  return {
    words: `everyone whom statement ${statement.index + 1} admits, who cannot be listed one by one`,
    statement: {
      Effect: 'Allow',
      [principal?.negated === true ? 'NotPrincipal' : 'Principal']: who,
      [action.negated ? 'NotAction' : 'Action']: action.patterns,
      Condition,
    },
    identities: null,
  };
}
