import { CreatePodIdentityAssociationCommand, type EKSClient } from '@aws-sdk/client-eks';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  type IAMClient,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import type { Transition } from '../../shared/findings/transition.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import { toEventBridge } from '../records/record.ts';
import type { Simulation } from '../simulation.ts';
import { testToken } from '../sts/token.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { transitionIn } from './transition-in.ts';

/** One thing that somebody does, and what podtrust publishes of it. */
export interface Chapter {
  readonly title: string;
  /** What happened to findings that were there before any of it: told once, and of no interest to the story. */
  readonly standing: readonly Transition[];
  readonly transitions: readonly Transition[];
  /** The same as messages, in the same order. */
  readonly messages: readonly Message[];
  /** How many executions it took. */
  readonly evaluations: number;
}

/** No cluster of the simulation can play a part in the story. */
export class NoStageError extends Error {
  override readonly name = 'NoStageError';
}

/** A cluster with its provider. */
export interface Stage {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  readonly provider: string;
  readonly issuer: string;
}

/**
 * Tells a story in a simulated organization: people make, break, open, repair and rebuild identities of a cluster, by
 * real calls whose CloudTrail records run through the pipeline. `tell` hears of each chapter as it ends. Throws
 * NoStageError when no account has an active cluster with its OIDC provider.
 */
export async function runEventStory(
  simulation: Simulation,
  tell: (chapter: Chapter, at: Date) => void,
): Promise<readonly Chapter[]> {
  const stage = stageOf(simulation);
  const pipeline = createPipeline(simulation);
  const records: object[] = [];
  const stop = simulation.onRecord((record) => records.push(toEventBridge(record)));
  const chapters: Chapter[] = [];
  const known = new Set<string>();
  try {
    for (const [title, act] of plot(simulation, stage, pipeline, records)) {
      const before = pipeline.executions.length;
      await act();
      const chapter = chapterOf(
        title,
        await pipeline.settle(),
        pipeline.executions.length - before,
        chapters.length === 0,
        known,
      );
      chapters.push(chapter);
      tell(chapter, simulation.clock.now());
      simulation.clock.advance(600);
    }
  } finally {
    stop();
    pipeline.close();
  }
  return chapters;
}

type Act = () => Promise<unknown>;

/** What happens, in order. */
function plot(
  simulation: Simulation,
  stage: Stage,
  pipeline: Pipeline,
  records: readonly object[],
): readonly (readonly [string, Act])[] {
  const { iam, eks } = people(simulation, stage);
  const alice = iam('alice@example.com', '203.0.113.24');
  const bob = iam('bob@example.com', '198.51.100.7');
  const trust = (by: IAMClient, RoleName: string, ...statements: object[]) =>
    by.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy(...statements) }));
  const sound = webIdentity(stage, 'system:serviceaccount:shop:storefront');
  const slip = webIdentity(stage, 'system:serviceaccount:shop:store_front');
  return [
    [
      'alice makes a role for the ServiceAccount shop/storefront',
      () => makeRole(alice, STOREFRONT, sound, ORDERS),
    ],
    ['alice edits the trust policy and mistypes the name', () => trust(alice, STOREFRONT, slip)],
    ['the pods of shop/storefront start anew, and are refused', () => refuse(simulation, stage)],
    ['alice puts it right', () => trust(alice, STOREFRONT, sound)],
    ['bob adds a statement to try something out', () => trust(bob, STOREFRONT, sound, EVERYONE)],
    ['bob takes it out again', () => trust(bob, STOREFRONT, sound)],
    [
      'carol gives shop/reports a role by EKS Pod Identity',
      () => associate(iam('carol@example.com', '192.0.2.44'), eks('carol@example.com', '192.0.2.44'), stage),
    ],
    [
      'alice tidies up that role’s trust policy',
      () => trust(alice, REPORTS, podIdentity(stage, 'sts:AssumeRole')),
    ],
    [
      'alice restores what she took out',
      () => trust(alice, REPORTS, podIdentity(stage, 'sts:AssumeRole', 'sts:TagSession')),
    ],
    [
      'bob deletes the cluster’s OIDC provider',
      () => bob.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: stage.provider })),
    ],
    [
      'bob makes the provider again',
      () =>
        bob.send(
          new CreateOpenIDConnectProviderCommand({
            Url: `https://${stage.issuer}`,
            ClientIDList: ['sts.amazonaws.com'],
          }),
        ),
    ],
    ['Terraform tags both roles, thirty times each', () => tagAll(iam('terraform', '203.0.113.80'))],
    [
      'CloudTrail delivers everything once more, the newest first',
      async () => {
        for (const record of [...records].reverse()) pipeline.putEvent(record);
      },
    ],
  ];
}

function chapterOf(
  title: string,
  messages: readonly Message[],
  evaluations: number,
  first: boolean,
  known: Set<string>,
): Chapter {
  const told = messages.flatMap((message) => {
    const transition = transitionIn(message);
    return transition === null ? [] : [{ message, transition }];
  });
  // The first event of an account also tells what was wrong before.
  const isStanding = ({ transition }: (typeof told)[number]): boolean =>
    transition.causes.length === 0 && (first || known.has(transition.finding.fingerprint));
  const standing = told.filter(isStanding);
  for (const { transition } of standing) known.add(transition.finding.fingerprint);
  const news = told.filter((each) => !isStanding(each));
  return {
    title,
    standing: standing.map(({ transition }) => transition),
    transitions: news.map(({ transition }) => transition),
    messages: news.map(({ message }) => message),
    evaluations,
  };
}

const STOREFRONT = 'shop-storefront';
const REPORTS = 'shop-reports';
const ORDERS = { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: '*' };
const EVERYONE = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
const TAGGINGS = 30;

const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

function webIdentity({ provider, issuer }: Stage, subject: string): object {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: 'sts.amazonaws.com' } },
  };
}

function podIdentity({ account, region, cluster, provider }: Stage, ...Action: string[]): object {
  const partition = partitionOf(provider);
  return {
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action,
    Condition: {
      StringEquals: {
        'aws:SourceAccount': account,
        'aws:RequestTag/kubernetes-namespace': 'shop',
        'aws:RequestTag/kubernetes-service-account': 'reports',
      },
      ArnEquals: { 'aws:SourceArn': `arn:${partition}:eks:${region}:${account}:cluster/${cluster}` },
    },
  };
}

const partitionOf = (arn: string): string => arn.split(':')[1] ?? 'aws';

/** Clients of the people of the stage's account, by session and address. */
function people(simulation: Simulation, { account, region, provider }: Stage) {
  const engineer = `arn:${partitionOf(provider)}:iam::${account}:role/people/PlatformEngineer`;
  const clients = (session: string, sourceIp: string) =>
    simulation.as(account, engineer, { session, sourceIp });
  return {
    iam: (session: string, sourceIp: string): IAMClient => clients(session, sourceIp)('iam', null, null),
    eks: (session: string, sourceIp: string): EKSClient => clients(session, sourceIp)('eks', null, region),
  };
}

async function makeRole(by: IAMClient, RoleName: string, trust: object, may: object): Promise<void> {
  await by.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
  await by.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'orders', PolicyDocument: policy(may) }));
}

async function associate(iam: IAMClient, eks: EKSClient, stage: Stage): Promise<void> {
  await makeRole(iam, REPORTS, podIdentity(stage, 'sts:AssumeRole', 'sts:TagSession'), ORDERS);
  await eks.send(
    new CreatePodIdentityAssociationCommand({
      clusterName: stage.cluster,
      namespace: 'shop',
      serviceAccount: 'reports',
      roleArn: `arn:${partitionOf(stage.provider)}:iam::${stage.account}:role/${REPORTS}`,
    }),
  );
}

/** Three pods ask STS for credentials, each twice, as SDKs do. */
async function refuse(simulation: Simulation, { account, region, provider, issuer }: Stage): Promise<void> {
  const sts = simulation.as(account, `arn:${partitionOf(provider)}:iam::${account}:root`)(
    'sts',
    null,
    region,
  );
  const ask = new AssumeRoleWithWebIdentityCommand({
    RoleArn: `arn:${partitionOf(provider)}:iam::${account}:role/${STOREFRONT}`,
    RoleSessionName: 'botocore-session-1795166760',
    WebIdentityToken: testToken({
      issuer: `https://${issuer}`,
      subject: 'system:serviceaccount:shop:storefront',
      expires: new Date(simulation.clock.now().getTime() + 3_600_000),
    }),
  });
  for (let pod = 0; pod < 6; pod += 1) await sts.send(ask).catch(() => undefined);
}

async function tagAll(by: IAMClient): Promise<void> {
  for (let n = 1; n <= TAGGINGS; n += 1) {
    for (const RoleName of [STOREFRONT, REPORTS])
      await by.send(new TagRoleCommand({ RoleName, Tags: [{ Key: `tag-${n}`, Value: 'terraform' }] }));
  }
}

/** An account with an active cluster whose issuer has its provider there. */
/** Where a story plays. Throws NoStageError. */
export function stageOf({ world }: Simulation): Stage {
  for (const account of world.accounts.values()) {
    for (const [region, { clusters }] of account.regions) {
      for (const { issuer, cluster } of clusters.values()) {
        const found = [...account.iam.live.providers.values()].find(({ url }) => issuer === `https://${url}`);
        if (found !== undefined && cluster.status === 'ACTIVE' && cluster.name !== undefined)
          return {
            account: account.id,
            region,
            cluster: cluster.name,
            provider: found.arn,
            issuer: found.url,
          };
      }
    }
  }
  throw new NoStageError('No account of the simulation has an active cluster with its OIDC provider.');
}
