import { createHash } from 'node:crypto';
import { digestOf } from '../shared/changes/plan.ts';
import { type Config, configSchema } from '../shared/config/config.ts';
import { buildEstate } from '../shared/estate/build-estate.ts';
import type { Cluster, OidcProvider, Role, Snapshot } from '../shared/estate/snapshot.ts';
import { plannableIn, planOf } from '../shared/plans/plan-finding.ts';

/** Independent fixes of one estate: found, planned, proved and digested on one core. */

const FIXES = 1_000;
const CLUSTERS = 20;
const RUNS = 3;
/** Plans a second that the product aims at. */
const AIM = 200;
const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const issuerOf = (index: number) =>
  `oidc.eks.${REGION}.amazonaws.com/id/${index.toString(16).toUpperCase().padStart(32, 'B3')}`;
const providerOf = (issuer: string) => `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`;
const nameOf = (index: number) => `c${index}`;
const arnOf = (index: number) => `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${nameOf(index)}`;
const roleArn = (index: number) => `arn:aws:iam::${ACCOUNT}:role/app-${index}`;

const web = (issuer: string, operator: string, subject: string, audience: string) => ({
  Effect: 'Allow',
  Principal: { Federated: providerOf(issuer) },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { [`${issuer}:aud`]: audience },
    [operator]: {
      ...(operator === 'StringEquals' && { [`${issuer}:aud`]: audience }),
      [`${issuer}:sub`]: subject,
    },
  },
});

const KINDS = [
  'wrong audience',
  'mismatched key',
  'wildcard in use',
  'untrusted association',
  'deleted principal',
];

/** A role with one mistake; the other two statements of its trust policy are somebody else's. */
function roleWith(index: number): Role {
  const issuer = issuerOf(index % CLUSTERS);
  const subject = `system:serviceaccount:ns-${index}:app`;
  const sound = web(issuerOf((index + 1) % CLUSTERS), 'StringEquals', subject, 'sts.amazonaws.com');
  const deploy = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` },
    Action: 'sts:AssumeRole',
  };
  const text = (...statements: readonly object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [deploy, ...statements, sound] }, null, 2);
  const policies = [
    () => text(web(issuer, 'StringEquals', subject, 'sts.amazon.com')),
    () =>
      text(web(issuer, 'StringEquals', subject, 'sts.amazonaws.com')).replaceAll(
        `"${issuer}:sub"`,
        `"https://${issuer}:sub"`,
      ),
    () => text(web(issuer, 'StringLike', `system:serviceaccount:ns-${index}*:*`, 'sts.amazonaws.com')),
    () =>
      text({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    () => text({ ...deploy, Principal: { AWS: 'AROAEXAMPLEID00000001' } }),
  ];
  const trustPolicy = (policies[index % policies.length] ?? policies[0])?.() ?? '';
  return { arn: roleArn(index), trustPolicy, attachedPolicies: [], inlinePolicies: [], tags: {} };
}

function clusterOf(cluster: number): Cluster {
  const own = Array.from({ length: FIXES }, (_, index) => index).filter(
    (index) => index % CLUSTERS === cluster,
  );
  return {
    name: nameOf(cluster),
    arn: arnOf(cluster),
    status: 'ACTIVE',
    issuer: `https://${issuerOf(cluster)}`,
    authenticationMode: 'API',
    autoMode: true,
    logging: ['audit', 'authenticator'],
    tags: {},
    addons: [],
    accessEntries: [],
    identityProviderConfigs: [],
    nodegroups: [],
    fargateProfiles: [],
    capabilities: [],
    podIdentityAssociations: own
      .filter((index) => index % KINDS.length === 3)
      .map((index) => ({
        id: `a-${index}`,
        namespace: `ns-${index}`,
        serviceAccount: 'app',
        roleArn: roleArn(index),
        disableSessionTags: false,
      })),
  };
}

function estate(): Snapshot {
  const oidcProviders = Array.from({ length: CLUSTERS }, (_, index): OidcProvider => {
    const issuer = issuerOf(index);
    return { arn: providerOf(issuer), url: issuer, clientIds: ['sts.amazonaws.com'] };
  });
  return {
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    organization: { complete: true },
    accounts: [
      {
        id: ACCOUNT,
        partition: 'aws',
        quotas: { trustPolicyLength: 4096, oidcProviders: 100 },
        roles: Array.from({ length: FIXES }, (_, index) => roleWith(index)),
        policies: [],
        users: [],
        oidcProviders,
        trails: [],
        regions: [
          { name: REGION, clusters: Array.from({ length: CLUSTERS }, (_, index) => clusterOf(index)) },
        ],
        observed: {
          sessions: {
            source: 'pipeline',
            since: '2026-01-01T00:00:00Z',
            complete: true,
            seen: Array.from({ length: FIXES }, (_, index) => ({
              role: roleArn(index),
              via: 'web-identity' as const,
              issuer: issuerOf((index + 1) % CLUSTERS),
              region: REGION,
              subject: `system:serviceaccount:ns-${index}:app`,
              first: '2026-10-01T00:00:00Z',
              last: '2026-11-21T00:00:00Z',
            })),
          },
        },
      },
    ],
    coverage: [],
  };
}

/** Every role is meant for its ServiceAccount. */
const config: Config = configSchema.parse({
  bindings: Array.from({ length: FIXES }, (_, index) => ({
    cluster: arnOf(index % CLUSTERS),
    namespace: `ns-${index}`,
    serviceAccount: 'app',
    role: roleArn(index),
  })),
});

const RULES = new Set([
  'no-wrong-audience',
  'no-mismatched-condition-key',
  'no-wildcard-subject',
  'no-untrusted-association',
  'no-degraded-principal',
]);

interface Run {
  readonly judge: number;
  readonly plan: number;
  readonly plans: number;
  readonly proved: number;
}

function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function measure(snapshot: Snapshot): Run {
  const context = { estate: buildEstate(snapshot), config, hash, now: snapshot.takenAt };
  const start = cpuTime();
  const own = [...plannableIn(context).plannable.values()].filter(({ finding }) => RULES.has(finding.rule));
  const judged = cpuTime();
  let [plans, proved] = [0, 0];
  for (const plannable of own) {
    const result = planOf(plannable, context);
    if (result.kind !== 'plan') continue;
    plans += 1;
    digestOf(result.plan, hash);
    if (result.plan.proof.shown.every(({ holds }) => holds === 'yes')) proved += 1;
  }
  return { judge: judged - start, plan: cpuTime() - judged, plans, proved };
}

const runs = Array.from({ length: RUNS }, () => measure(estate()));
const best = runs.reduce((one, other) => (other.plan < one.plan ? other : one));
const perSecond = (best.plans / best.plan) * 1000;

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ fixes: FIXES, ...best, perSecond, aim: AIM }, null, 2));
} else {
  console.log('  plans  proved  judge ms  plan and prove ms  plans/s');
  const cells = [
    String(best.plans).padStart(7),
    String(best.proved).padStart(7),
    best.judge.toFixed(0).padStart(9),
    best.plan.toFixed(0).padStart(18),
    perSecond.toFixed(0).padStart(8),
  ];
  console.log(cells.join(' '));
  console.log(`aim: at least ${AIM} plans a second on one core (CPU time)`);
}
if (best.plans < FIXES || best.proved < FIXES || perSecond < AIM) process.exitCode = 1;
