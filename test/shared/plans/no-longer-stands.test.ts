import { describe, expect, it } from 'vitest';
import { type Change, sameState } from '../../../shared/changes/change.ts';
import { netChanges } from '../../../shared/changes/same-target.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { applyToSnapshot } from '../../../shared/plans/apply-to-snapshot.ts';
import { noLongerStands } from '../../../shared/plans/no-longer-stands.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import {
  ACCOUNT,
  association,
  cluster,
  estateOf,
  irsaStatement,
  PROVIDER,
  provider,
  REGION,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { demoSnapshot } from '../../../simulator/demo/organization.ts';
import { DECLARED } from '../../support/demo-plans.ts';
import { contextOf } from '../../support/planning.ts';

const place = { account: ACCOUNT, region: REGION, cluster: 'shop' };
const names = { namespace: 'shop', serviceAccount: 'checkout' };
const principal = `arn:aws:iam::${ACCOUNT}:role/admin`;
const policy = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
const OTHER = `arn:aws:iam::${ACCOUNT}:role/other`;

/** What a plan wrote, where it stands, and where somebody changed it since. */
const CASES: readonly [string, Change, Snapshot, readonly Snapshot[]][] = [
  [
    'a trust policy',
    {
      kind: 'trust-policy',
      target: { account: ACCOUNT, arn: ROLE_ARN },
      before: '{}',
      after: trustPolicy(irsaStatement()),
    },
    estateOf({
      roles: [role({ trustPolicy: JSON.stringify(JSON.parse(trustPolicy(irsaStatement())), null, 2) })],
    }),
    [estateOf({ roles: [role({ trustPolicy: trustPolicy() })] }), estateOf({ roles: [] })],
  ],
  [
    'a provider',
    {
      kind: 'oidc-provider',
      target: { account: ACCOUNT, arn: PROVIDER },
      before: null,
      after: { url: 'https://x', clientIds: ['a', 'sts.amazonaws.com'] },
    },
    estateOf({ oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'a'] })] }),
    [estateOf({ oidcProviders: [provider()] }), estateOf({ oidcProviders: [] })],
  ],
  [
    'a provider that was deleted',
    {
      kind: 'oidc-provider',
      target: { account: ACCOUNT, arn: PROVIDER },
      before: { url: 'https://x', clientIds: [] },
      after: null,
    },
    estateOf({ oidcProviders: [] }),
    [estateOf({})],
  ],
  [
    'an association',
    {
      kind: 'pod-identity-association',
      target: { ...place, ...names },
      before: null,
      after: { roleArn: ROLE_ARN },
    },
    estateOf({ clusters: [cluster({ podIdentityAssociations: [association()] })] }),
    [
      estateOf({ clusters: [cluster({ podIdentityAssociations: [association({ roleArn: OTHER })] })] }),
      estateOf({ clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: OTHER })] })] }),
      estateOf({
        clusters: [cluster({ podIdentityAssociations: [association({ disableSessionTags: true })] })],
      }),
      estateOf({ clusters: [cluster()] }),
    ],
  ],
  [
    'an association that was deleted',
    {
      kind: 'pod-identity-association',
      target: { ...place, ...names },
      before: { roleArn: ROLE_ARN },
      after: null,
    },
    estateOf({ clusters: [cluster()] }),
    [estateOf({ clusters: [cluster({ podIdentityAssociations: [association()] })] })],
  ],
  [
    'an add-on',
    {
      kind: 'addon',
      target: { ...place, addon: 'vpc-cni' },
      before: null,
      after: { serviceAccountRoleArn: ROLE_ARN },
    },
    estateOf({ clusters: [cluster({ addons: [{ name: 'vpc-cni', serviceAccountRoleArn: ROLE_ARN }] })] }),
    [estateOf({ clusters: [cluster({ addons: [{ name: 'vpc-cni' }] })] }), estateOf({})],
  ],
  [
    'an access entry',
    {
      kind: 'access-entry',
      target: { ...place, principal },
      before: null,
      after: { type: 'STANDARD', groups: ['a', 'b'] },
    },
    estateOf({ clusters: [cluster({ accessEntries: [{ principalArn: principal, groups: ['b', 'a'] }] })] }),
    [
      estateOf({ clusters: [cluster({ accessEntries: [{ principalArn: principal, groups: ['a'] }] })] }),
      estateOf({ clusters: [cluster({ accessEntries: [] })] }),
    ],
  ],
  [
    'an access policy',
    {
      kind: 'access-policy',
      target: { ...place, principal, policy },
      before: null,
      after: { type: 'cluster' },
    },
    estateOf({
      clusters: [
        cluster({
          accessEntries: [
            {
              principalArn: principal,
              policies: [{ policyArn: policy, scope: { type: 'cluster', namespaces: [] } }],
            },
          ],
        }),
      ],
    }),
    [
      estateOf({ clusters: [cluster({ accessEntries: [{ principalArn: principal, policies: [] }] })] }),
      estateOf({
        clusters: [
          cluster({
            accessEntries: [
              {
                principalArn: principal,
                policies: [{ policyArn: policy, scope: { type: 'namespace', namespaces: ['shop'] } }],
              },
            ],
          }),
        ],
      }),
    ],
  ],
  [
    'aws-auth',
    { kind: 'aws-auth', target: place, before: null, after: { data: { mapRoles: '[]' } } },
    estateOf({ clusters: [clusterWith({ awsAuth: { data: { mapRoles: '[]' } } })] }),
    [
      estateOf({ clusters: [clusterWith({ awsAuth: { data: { mapRoles: '' } } })] }),
      estateOf({ clusters: [clusterWith({ awsAuth: null })] }),
    ],
  ],
  [
    'the mode of a cluster',
    { kind: 'authentication-mode', target: place, before: 'CONFIG_MAP', after: 'API_AND_CONFIG_MAP' },
    estateOf({ clusters: [cluster({ authenticationMode: 'API_AND_CONFIG_MAP' })] }),
    [estateOf({ clusters: [cluster({ authenticationMode: 'API' })] })],
  ],
  [
    'an annotation',
    {
      kind: 'service-account-annotation',
      target: { ...place, ...names, annotation: 'eks.amazonaws.com/role-arn' },
      before: null,
      after: ROLE_ARN,
    },
    estateOf({ clusters: [clusterWith({ serviceAccounts: [serviceAccount()] })] }),
    [
      estateOf({ clusters: [clusterWith({ serviceAccounts: [serviceAccount({ annotations: {} })] })] }),
      estateOf({ clusters: [clusterWith({ serviceAccounts: [] })] }),
    ],
  ],
];

const asked = (change: Change, snapshot: Snapshot) => noLongerStands([change], buildEstate(snapshot));

/** Nothing of the account was read. */
const unread = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  accounts: snapshot.accounts.map(({ id, partition }) => ({ id, partition })),
  coverage: [{ read: 'sts:AssumeRole', account: ACCOUNT, reason: 'AccessDenied' }],
});

describe.each(CASES)('%s that a plan wrote', (_, change, standing, changed) => {
  it('stands where nobody changed it', () => {
    expect(asked(change, standing)).toEqual([]);
  });

  it('stands no more where somebody changed it', () => {
    expect(changed.length).toBeGreaterThan(0);
    for (const snapshot of changed)
      expect(asked(change, snapshot)).toEqual([
        expect.stringMatching(/^[A-Z].* is no longer what the plan wrote/),
      ]);
  });

  it('is not said to be changed where it was not read', () => {
    for (const snapshot of [standing, ...changed]) expect(asked(change, unread(snapshot))).toEqual([]);
  });
});

it('what was made anew counts as it is in the end', () => {
  const target = { ...place, ...names };
  const made = { roleArn: ROLE_ARN };
  const anew: Change[] = [
    { kind: 'pod-identity-association', target, before: made, after: null },
    { kind: 'pod-identity-association', target, before: null, after: made },
  ];
  const snapshot = estateOf({ clusters: [cluster({ podIdentityAssociations: [association()] })] });
  expect(noLongerStands(anew, buildEstate(snapshot))).toEqual([]);
});

it('every plan of the demo stands when it was made, and not before', () => {
  const snapshot = demoSnapshot();
  const context = contextOf(snapshot, DECLARED.bindings);
  let seen = 0;
  for (const plannable of plannableIn(context).plannable.values()) {
    const result = planOf(plannable, context);
    if (result.kind !== 'plan') continue;
    const { changes } = result.plan;
    const later = buildEstate(applyToSnapshot(snapshot, changes));
    expect(noLongerStands(changes, later), result.plan.title).toEqual([]);
    // What is made anew, as it was, cannot be told from what it was.
    const differs = netChanges(changes).some(({ before, after }) => !sameState(before, after));
    if (differs) expect(noLongerStands(changes, context.estate).length, result.plan.title).toBeGreaterThan(0);
    seen += 1;
  }
  expect(seen).toBeGreaterThan(20);
});
