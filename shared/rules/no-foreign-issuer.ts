import { defineRule } from './define-rule.ts';
import { faultsUnder } from './diagnosed.ts';
import type { WebDoor } from './doors/web-door.ts';
import { webDoorsOf } from './doors/web-door.ts';
import { irsaStatement, provider, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES, IRSA } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** A role without a session for this long is not in use by a living cluster. */
const UNUSED_DAYS = 90;
const DAY = 86_400_000;

/** Roles that trust an issuer of EKS which is no cluster of the organization. */
export default defineRule({
  number: 'PT-005',
  name: 'no-foreign-issuer',
  kind: 'open',
  fix: 'manual',
  title: 'The role trusts a cluster outside the organization',
  why: "The provider exists, and no cluster of the organization has its issuer: either the cluster was deleted, and this is harmless until one looks closer, or it is somebody else's, and its administrators decide who becomes this role.",
  remedy: 'Remove the statement, and the provider with it, unless the other cluster is meant to have access.',
  references: [IRSA, BEST_PRACTICES],
  examples: () => {
    const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
    const foreign = provider({ arn: `arn:aws:iam::111122223333:oidc-provider/${issuer}`, url: issuer });
    return {
      fails: roleExample(
        'The issuer is no cluster of the organization, all of which was read',
        trustPolicy(
          irsaStatement({
            Principal: { Federated: foreign.arn },
            Condition: {
              StringEquals: {
                [`${issuer}:aud`]: 'sts.amazonaws.com',
                [`${issuer}:sub`]: 'system:serviceaccount:shop:checkout',
              },
            },
          }),
        ),
        { oidcProviders: [foreign] },
      ),
      passes: roleExample('The issuer of a cluster of the organization', trustPolicy(irsaStatement())),
    };
  },
  needs: ['roles'],
  subjects: ({ roles, estate }) => webDoorsOf(roles, estate).filter(({ issuer }) => issuer.eks !== undefined),
  where: ({ role }) => roleWhere(role),
  check: (door, { estate }) => {
    if (door.cluster !== null) return pass;
    if (door.providerMissing) return unknown(door.providerMissing);
    if (!estate.seesEveryCluster()) {
      return unknown({
        read: 'eks:ListClusters',
        reason:
          'whether a cluster has this issuer is known only when every account and region of the organization was read',
      });
    }
    // The issuer of a cluster that was rebuilt is told as that, with this as a consequence.
    const stale = faultsUnder('no-stale-issuer', door.role, estate);
    if (stale.some(({ evidence }) => evidence['provider'] === door.providerArn)) return pass;
    return fail({
      issuer: door.issuer.key,
      provider: door.providerArn,
      ...(isUnused(door, estate.snapshot.takenAt) ? { unusedForDays: UNUSED_DAYS } : {}),
      ...privilegeFacts(door.role),
    });
  },
  severity: ({ unusedForDays, privileges }) =>
    unusedForDays === undefined ? weighted('few', privileges) : 'low',
  message: ({ issuer, unusedForDays, privileges }, { role }) =>
    `${role.name} trusts ${issuer}, the issuer of no cluster of the organization${unusedForDays === undefined ? '' : `, though nobody used the role in ${unusedForDays} days`}; ${leadsTo(privileges)}.`,
  identity: ({ issuer }) => [issuer],
});

/** True only when the last use was read and lies far back. */
function isUnused({ role }: WebDoor, takenAt: string): boolean {
  const at = role.role.lastUsed?.at;
  return at !== undefined && Date.parse(takenAt) - Date.parse(at) > UNUSED_DAYS * DAY;
}
