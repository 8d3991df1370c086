import type { ClusterView, Estate } from '../estate/estate.ts';
import type { Addon } from '../estate/snapshot.ts';
import { decide } from '../iam/evaluate.ts';
import { webIdentityRequest } from '../iam/requests.ts';
import { ADDON_SERVICE_ACCOUNTS } from '../identity/addon-service-accounts.ts';
import { annotatedIn, asksForRole } from '../identity/annotated.ts';
import { providerArnFor } from '../identity/issuer.ts';
import { STS_AUDIENCE, subjectOf } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { diagnosedFaults } from './diagnosed.ts';
import { cluster, estateExample, ROLE_ARN, role } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { ADDON_IAM } from './references.ts';
import { fail, pass, unknown, type Verdict } from './verdict.ts';

interface Subject {
  readonly view: ClusterView;
  readonly addon: Addon;
}

type Conflict = {
  readonly addon: string;
  readonly problem: 'two identities' | 'untrusted' | 'missing';
  readonly subject?: string;
  readonly associations?: readonly string[];
};

/** Add-ons with two identities, or with a role that does not let their ServiceAccount in. */
export default defineRule({
  number: 'PT-314',
  name: 'no-addon-identity-conflict',
  kind: 'broken',
  fix: 'manual',
  title: 'An add-on has two identities, or a role that does not trust it',
  why: "With both a ServiceAccount role and associations, the add-on's pods get the association's alone once the agent runs. And a ServiceAccount role that does not trust the add-on's own ServiceAccount leaves it without permissions.",
  remedy:
    'Give the add-on one identity: `aws eks update-addon` with either `--service-account-role-arn` or `--pod-identity-associations`; let its ServiceAccount in.',
  references: [ADDON_IAM],
  examples: () => {
    const both = {
      name: 'aws-ebs-csi-driver',
      serviceAccountRoleArn: ROLE_ARN,
      podIdentityAssociations: ['arn:aws:eks:eu-west-1:111122223333:podidentityassociation/shop/a-example1'],
    };
    const one = { name: 'adot', serviceAccountRoleArn: ROLE_ARN };
    return {
      fails: estateExample(
        'Two identities',
        { clusters: [cluster({ addons: [both] })], roles: [role()] },
        both,
      ),
      passes: estateExample('One identity', { clusters: [cluster({ addons: [one] })], roles: [role()] }, one),
    };
  },
  needs: ['addons'],
  subjects: ({ clusters }): Subject[] =>
    clusters.flatMap((view) =>
      (view.cluster.addons ?? [])
        .filter(({ serviceAccountRoleArn }) => serviceAccountRoleArn !== undefined)
        .map((addon) => ({ view, addon })),
    ),
  where: ({ view, addon }) => ({
    ...clusterWhere(view),
    ...(addon.serviceAccountRoleArn === undefined ? {} : { role: addon.serviceAccountRoleArn }),
  }),
  check: ({ view, addon }, { estate }): Verdict<Conflict> => {
    const associations = addon.podIdentityAssociations ?? [];
    if (associations.length > 0) return fail({ addon: addon.name, problem: 'two identities', associations });
    const roleArn = addon.serviceAccountRoleArn ?? '';
    // Where Kubernetes shows the ServiceAccounts, the rules about them name the one that goes without.
    if (annotatedIn(view).some((one) => asksForRole(one) && one.annotation.arn === roleArn)) return pass;
    const role = estate.roleByArn.get(roleArn);
    if (role === undefined) return roleNotFound(addon.name, roleArn, estate);
    const [namespace, serviceAccount] = ADDON_SERVICE_ACCOUNTS[addon.name] ?? [];
    if (namespace === undefined || serviceAccount === undefined) return pass;
    const fault = diagnosedFaults(role, estate)[0];
    if (fault !== undefined || view.issuerKey === null) return pass;
    const subject = subjectOf(namespace, serviceAccount);
    const { compiled } = role.trust();
    const request = webIdentityRequest({
      provider: providerArnFor(role.account.partition, role.account.id, view.issuerKey),
      issuerKey: view.issuerKey,
      subject,
      audience: STS_AUDIENCE,
      roleArn,
    });
    if (compiled === null || decide(compiled, request) !== 'denied') return pass;
    return fail({ addon: addon.name, problem: 'untrusted', subject });
  },
  severity: () => 'medium',
  message: ({ addon, problem, subject }, { view, addon: { serviceAccountRoleArn } }) =>
    problem === 'two identities'
      ? `Add-on ${addon} of ${view.cluster.name} has the role ${serviceAccountRoleArn} and associations: only the associations count where the agent runs.`
      : `The role ${serviceAccountRoleArn} of add-on ${addon} of ${view.cluster.name} ${problem === 'missing' ? 'does not exist' : `does not let ${subject} in`}.`,
  identity: ({ addon, problem }) => [addon, problem],
});

function roleNotFound(addon: string, roleArn: string, estate: Estate): Verdict<Conflict> {
  const account = estate.accounts.get(roleArn.split(':')[4] ?? '');
  const missing =
    account === undefined
      ? { read: 'iam:GetAccountAuthorizationDetails', reason: `the account of ${roleArn} was not read` }
      : account.missing('roles');
  return missing === null ? fail({ addon, problem: 'missing' }) : unknown(missing);
}
