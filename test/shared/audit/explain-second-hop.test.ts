import { describe, expect, it } from 'vitest';
import { explainServiceAccount } from '../../../shared/audit/explain.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Cluster, Snapshot } from '../../../shared/estate/snapshot.ts';

const FIRST = 'arn:aws:iam::111122223333:role/first';
const TARGET = 'arn:aws:iam::444455556666:role/target';
const NODE = 'arn:aws:iam::111122223333:role/node';
const CLUSTER_ARN = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';

const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const pods = policy({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Condition: {
    StringEquals: {
      'aws:SourceAccount': '111122223333',
      'aws:RequestTag/kubernetes-namespace': 'shop',
      'aws:RequestTag/kubernetes-service-account': 'api',
    },
    ArnEquals: { 'aws:SourceArn': CLUSTER_ARN },
  },
});
const hop = { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: TARGET };

function explained(target: string | null, cluster: Partial<Cluster> = {}, nodePolicies: string[] = []) {
  const role = { attachedPolicies: [], inlinePolicies: [] };
  const snapshot: Snapshot = {
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    coverage: [],
    accounts: [
      {
        id: '111122223333',
        partition: 'aws',
        oidcProviders: [],
        roles: [
          {
            ...role,
            arn: FIRST,
            trustPolicy: pods,
            inlinePolicies: [{ name: 'hop', document: policy(hop) }],
          },
          { ...role, arn: NODE, trustPolicy: policy(), attachedPolicies: nodePolicies },
        ],
        policies: [],
        regions: [
          {
            name: 'eu-west-1',
            clusters: [
              {
                name: 'prod',
                arn: CLUSTER_ARN,
                status: 'ACTIVE',
                authenticationMode: 'API',
                autoMode: true,
                nodegroups: [{ name: 'workers', roleArn: NODE }],
                fargateProfiles: [],
                accessEntries: [],
                addons: [],
                podIdentityAssociations: [
                  {
                    id: 'a-1',
                    namespace: 'shop',
                    serviceAccount: 'api',
                    roleArn: FIRST,
                    targetRoleArn: TARGET,
                    externalId: 'x',
                  },
                ],
                ...cluster,
              },
            ],
          },
        ],
      },
      {
        id: '444455556666',
        partition: 'aws',
        oidcProviders: [],
        ...(target === null ? {} : { roles: [{ ...role, arn: TARGET, trustPolicy: target }] }),
        policies: [],
        regions: [],
      },
    ],
  };
  const estate = buildEstate(snapshot);
  return explainServiceAccount(estate, {
    cluster: estate.clusters[0]!,
    namespace: 'shop',
    serviceAccount: 'api',
  });
}

const trusts = (AWS: string, Condition?: object) =>
  policy({
    Effect: 'Allow',
    Principal: { AWS },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    ...(Condition ? { Condition } : {}),
  });

describe('security of the role at the end of a second hop', () => {
  it('is lost when the target trusts a whole account without an external id', () => {
    const { secure, exposures } = explained(trusts('arn:aws:iam::111122223333:root'));
    expect({ secure, rules: exposures.map(({ rule }) => rule) }).toEqual({
      secure: false,
      rules: ['use-external-id'],
    });
  });

  it('holds when the target names the first role and its external id', () => {
    expect(explained(trusts(FIRST, { StringEquals: { 'sts:ExternalId': 'x' } })).secure).toBe(true);
  });

  it('is unknown when the target was not read', () => {
    expect(explained(null).secure).toBeNull();
  });
});

describe('node permission', () => {
  const sound = trusts(FIRST);
  const status = (cluster: Partial<Cluster>, policies: string[] = []) =>
    explained(sound, cluster, policies).steps.find(({ check }) => check === 'node-permission')?.status;
  const worker = 'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy';

  it('fails when every node role is known and none may ask for credentials', () => {
    expect(status({})).toBe('fail');
  });

  it('passes when every node role is known and may', () => {
    expect(status({}, [worker])).toBe('pass');
  });

  it.each([[[]], [[worker]]])(
    'is unknown when the access entries that name node roles were not read (policies %j)',
    (policies) => {
      expect(status({ accessEntries: undefined }, policies)).toBe('unknown');
    },
  );

  it('is unknown, and no failure, where further node roles may be in aws-auth', () => {
    expect(status({ authenticationMode: 'CONFIG_MAP' })).toBe('unknown');
  });
});
