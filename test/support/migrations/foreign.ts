import { type Change, canonicalJson } from '../../../shared/changes/change.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';

/**
 * What is not as it was although no change is about it: roles, statements, associations, entries, annotations and add-ons. Of a trust
 * policy that was edited, every statement but those of web identity and Pod Identity has to be there byte for byte.
 */
export function touched(before: Snapshot, after: Snapshot, changes: readonly Change[]): string[] {
  const meant = new Set(changes.map(({ kind, target }) => nameOf(kind, target)));
  const now = thingsOf(after);
  return [...thingsOf(before)].flatMap(([name, was]) => {
    const is = now.get(name) ?? '';
    if (!meant.has(name)) return is === was ? [] : [`${name}: ${was} → ${is}`];
    return name.startsWith('trust-policy') ? lost(was, is).map((one) => `${name} lost ${one}`) : [];
  });
}

function nameOf(kind: Change['kind'], target: Change['target']): string {
  const place = 'cluster' in target ? [target.account, target.region, target.cluster] : [];
  if ('principal' in target) return ['access-entry', ...place, target.principal].join(' ');
  if ('serviceAccount' in target) return [kind, ...place, target.namespace, target.serviceAccount].join(' ');
  if ('addon' in target) return [kind, ...place, target.addon].join(' ');
  return 'arn' in target ? `${kind} ${target.arn}` : [kind, ...place].join(' ');
}

function thingsOf({ accounts }: Snapshot): Map<string, string> {
  const things = new Map<string, string>();
  for (const { id, roles = [], regions = [] } of accounts) {
    for (const { arn, trustPolicy } of roles) things.set(`trust-policy ${arn}`, trustPolicy);
    for (const { name: region, clusters = [] } of regions) {
      for (const cluster of clusters) {
        const place = [id, region, cluster.name];
        for (const one of cluster.podIdentityAssociations ?? [])
          things.set(
            ['pod-identity-association', ...place, one.namespace, one.serviceAccount].join(' '),
            canonicalJson(one),
          );
        for (const one of cluster.accessEntries ?? [])
          things.set(['access-entry', ...place, one.principalArn].join(' '), canonicalJson(one));
        for (const { namespace, name, annotations } of cluster.kubernetes?.serviceAccounts ?? [])
          things.set(
            ['service-account-annotation', ...place, namespace, name].join(' '),
            canonicalJson(annotations ?? {}),
          );
        for (const { name, serviceAccountRoleArn } of cluster.addons ?? [])
          things.set(['addon', ...place, name].join(' '), `${name} ${serviceAccountRoleArn ?? ''}`);
      }
    }
  }
  return things;
}

/** Statements that are not in a policy any more, and that speak neither of web identity nor of Pod Identity. */
function lost(was: string, is: string): string[] {
  const { Statement }: { Statement: unknown } = JSON.parse(was);
  const after: { Statement: unknown } = JSON.parse(is);
  const there = new Set([after.Statement].flat().map((one) => JSON.stringify(one)));
  return [Statement]
    .flat()
    .map((one) => JSON.stringify(one))
    .filter((one) => !there.has(one) && !/oidc-provider|pods\.eks/.test(one));
}
