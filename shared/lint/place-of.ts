import type { Evidence } from '../findings/finding.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Failure } from '../rules/define-rule.ts';
import { type Located, type Text, walk } from './located.ts';
import type { LocatedEstate, PlacedCluster } from './located-estate.ts';
import type { ShownRole } from './shown.ts';

/** What a check says of where it looked. */
type Placeable = Pick<Failure, 'rule' | 'where' | 'evidence'>;

/** Rules that look at what a role may do: nothing else of a role that a tool makes stands in the file. */
const OF_PERMISSIONS: ReadonlySet<string> = new Set(['no-admin-pod-role']);

/** Where in the file the thing stands that a failed check is about, or null when the file does not show it. */
export function placeOf(failure: Placeable, located: LocatedEstate): number | null {
  const { where, evidence } = failure;
  const role = where.role === undefined ? undefined : located.roles.get(where.role);
  if (role?.made === true) return OF_PERMISSIONS.has(failure.rule.name) ? role.at : null;
  if (role !== undefined && typeof evidence['pointer'] === 'string')
    return role.trust.placeOf(evidence['pointer'], 'value');
  const cluster = located.clusters.find(
    ({ account, region, name }) =>
      account === where.account && name === where.cluster && (where.region ?? region) === region,
  );
  return (
    (cluster === undefined ? null : inCluster(failure, cluster)) ??
    (role === undefined ? null : inTrust(failure, role)) ??
    (cluster === undefined ? null : clusterItself(failure, cluster)) ??
    atProvider(failure, located)
  );
}

function inCluster({ where, evidence, rule }: Placeable, { shown }: PlacedCluster): number | null {
  const addon = shown.addons.find(({ value }) => value.name === evidence['addon']);
  if (addon !== undefined) return addon.at;
  const { namespace, serviceAccount, principal } = where;
  if (namespace !== undefined && serviceAccount !== undefined) {
    const account = shown.serviceAccounts.find(
      ({ value }) => value.namespace === namespace && value.name === serviceAccount,
    );
    const key = evidence['key'];
    if (account !== undefined)
      return (typeof key === 'string' ? account.annotationsAt.get(key) : undefined) ?? account.at;
    const association = shown.associations.find(
      ({ value }) => value.namespace === namespace && value.serviceAccount === serviceAccount,
    );
    if (association !== undefined) return association.at;
  }
  const row = awsAuthRow(evidence, principal, shown.awsAuth?.sections);
  const entry = shown.entries.find(({ value }) => value.principalArn === principal);
  if (/aws-auth|mapping/.test(rule.name)) return row ?? entry?.at ?? shown.awsAuth?.at ?? null;
  return entry?.at ?? row;
}

/** The row by the line that the evidence names, else by the ARN. */
function awsAuthRow(
  { section, line }: Evidence,
  principal: string | undefined,
  sections: ReadonlyMap<string, Text> | undefined,
): number | null {
  if (sections === undefined) return null;
  const named = typeof section === 'string' ? sections.get(section) : undefined;
  if (named !== undefined && typeof line === 'number') return named.place(startOfLine(named.value, line));
  if (principal === undefined) return named?.at ?? null;
  for (const text of sections.values()) {
    const index = text.value.indexOf(principal);
    if (index >= 0) return text.place(index);
  }
  return named?.at ?? null;
}

function startOfLine(text: string, line: number): number {
  let start = 0;
  for (let count = 1; count < line; count++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return start + (/^[ ]*/.exec(text.slice(start))?.[0].length ?? 0);
}

/** The part of the trust policy that the evidence speaks of, else its statement for the issuer, else its beginning. */
function inTrust({ evidence, rule }: Placeable, { trust }: ShownRole): number {
  if (rule.name === 'no-negated-trust') return negated(trust.root) ?? trust.root.at;
  const words = Object.values(evidence).flatMap((value) =>
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : [],
  );
  const wanted = rule.name === 'no-public-trust' ? ['*'] : words.filter((word) => word.length > 3);
  return textAmong(trust, wanted) ?? trust.root.at;
}

/** Pointer of the first value of the policy that is, or else holds, one of the words. */
function textAmong(trust: ShownRole['trust'], words: readonly string[]): number | null {
  const { policy } = parsePolicy(trust.text, 'trust');
  const values = (policy?.statements ?? []).flatMap(({ principal, conditions }) => [
    ...(principal?.entries ?? []).map(({ value, pointer }) => ({ value, pointer })),
    ...conditions.flatMap(({ values: list, pointer }) => list.map((value) => ({ value, pointer }))),
    ...conditions.map(({ key, pointer }) => ({ value: key, pointer })),
  ]);
  const found =
    values.find(({ value }) => words.includes(value)) ??
    values.find(({ value }) => words.some((word) => word.length > 8 && value.includes(word))) ??
    values.find(({ value }) => value === 'pods.eks.amazonaws.com');
  return found === undefined ? null : trust.placeOf(found.pointer, 'value');
}

function negated(root: Located): number | null {
  for (const node of walk(root)) {
    const member =
      node.kind === 'map' ? node.members.find(({ key }) => /^not(principal|action)$/i.test(key)) : undefined;
    if (member !== undefined) return member.keyAt;
  }
  return null;
}

/** Rules about a cluster as a whole, where the file declares the cluster. */
function clusterItself({ where }: Placeable, { shown }: PlacedCluster): number | null {
  if (where.namespace !== undefined || where.principal !== undefined || where.role !== undefined) return null;
  if (Object.keys(shown.facts).some((name) => name !== 'podIdentityAssociations')) return shown.at;
  return shown.awsAuth?.at ?? null;
}

/** Faults of a provider that several roles share: at the provider, or at the first of the roles. */
function atProvider({ evidence, where }: Placeable, { providers, roles }: LocatedEstate): number | null {
  if (where.role !== undefined) return null;
  const { issuer, roles: relying } = evidence;
  const provider = providers.find((one) => one.issuer === issuer || one.arn === where.principal);
  if (provider !== undefined) return provider.at;
  const role = (Array.isArray(relying) ? relying : []).flatMap((arn) => roles.get(arn) ?? [])[0];
  if (role === undefined) return null;
  return typeof issuer === 'string'
    ? (textAmong(role.trust, [issuer]) ?? role.trust.root.at)
    : role.trust.root.at;
}
