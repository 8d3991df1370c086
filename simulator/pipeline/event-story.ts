import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Message } from '../../shared/pipeline/message.ts';
import type { Simulation } from '../simulation.ts';
import { createPipeline } from './pipeline.ts';

/** One thing that somebody does, and what podtrust publishes of it. */
export interface Chapter {
  readonly title: string;
  readonly messages: readonly Message[];
}

/** No cluster of the simulation can play a part in the story. */
export class NoStageError extends Error {
  override readonly name = 'NoStageError';
}

/**
 * Tells a story in a simulated organization: a role is made for a ServiceAccount, broken by a slip, repaired, and opened
 * to the world, each by a person's IAM call whose CloudTrail record runs through the pipeline. Uses an account that has
 * an active cluster with its OIDC provider. Throws NoStageError when there is none.
 */
export async function runEventStory(
  simulation: Simulation,
  print: (line: string) => void,
): Promise<readonly Chapter[]> {
  const { account, provider } = stage(simulation);
  const partition = provider.split(':')[1] ?? 'aws';
  const issuer = provider.slice(provider.indexOf('/') + 1);
  const person = (name: string, sourceIp: string) =>
    simulation.as(account, `arn:${partition}:iam::${account}:role/people/PlatformEngineer`, {
      session: name,
      sourceIp,
    })('iam', null, null);
  const pipeline = createPipeline(simulation);
  const chapters: Chapter[] = [];
  const chapter = async (title: string, act: () => Promise<unknown>): Promise<void> => {
    await act();
    const messages = await pipeline.settle();
    chapters.push({ title, messages });
    print(`${simulation.clock.now().toISOString()}  ${title}`);
    if (messages.length === 0) print('    nothing to tell');
    for (const { text } of messages)
      for (const line of text.trimEnd().split('\n')) print(`    ${line}`.trimEnd());
    print('');
    simulation.clock.advance(600);
  };

  const RoleName = ROLE;
  const alice = person('alice@example.com', '203.0.113.24');
  const bob = person('bob@example.com', '198.51.100.7');
  const sound = statement(provider, issuer, 'system:serviceaccount:shop:storefront');
  const slip = statement(provider, issuer, 'system:serviceaccount:shop:store_front');
  const everyone = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
  try {
    await chapter('alice makes a role for the ServiceAccount shop/storefront', async () => {
      await alice.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(sound) }));
      await alice.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: 'orders', PolicyDocument: policy(ORDERS) }),
      );
    });
    const update = (by: typeof alice, ...statements: object[]) =>
      by.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: policy(...statements) }));
    await chapter('alice edits the trust policy and mistypes the name', () => update(alice, slip));
    await chapter('alice puts it right', () => update(alice, sound));
    await chapter('bob adds a statement to try something out', () => update(bob, sound, everyone));
  } finally {
    pipeline.close();
  }
  return chapters;
}

const ROLE = 'shop-storefront';

const ORDERS = { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: '*' };

const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

function statement(provider: string, issuer: string, subject: string): object {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: 'sts.amazonaws.com' } },
  };
}

/** An account with an active cluster whose issuer has its provider there. */
function stage({ world }: Simulation): { account: string; provider: string } {
  for (const account of world.accounts.values()) {
    const clusters = [...account.regions.values()].flatMap(({ clusters }) => [...clusters.values()]);
    for (const { issuer, cluster } of clusters) {
      const provider = [...account.iam.live.providers.values()].find(
        ({ url }) => issuer === `https://${url}`,
      );
      if (provider !== undefined && cluster.status === 'ACTIVE')
        return { account: account.id, provider: provider.arn };
    }
  }
  throw new NoStageError('No account of the simulation has an active cluster with its OIDC provider.');
}
