import {
  CreateRoleCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { throughWriteRole } from '../../shared/aws/changes/enter.ts';
import { worldOf } from '../../shared/aws/changes/world.ts';
import { applyChanges, finish } from '../../shared/changes/apply.ts';
import type { JournalEntry } from '../../shared/changes/applying.ts';
import { type Change, inverse } from '../../shared/changes/change.ts';
import { sha256 } from '../support/changes.ts';

const ACCOUNT = '123456789012';
const TRUST = `{
  "Version": "2012-10-17",
  "Statement": [{"Sid": "Kept", "Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}]
}`;
const patience = { waits: [100, 100], sleep: async () => undefined };

let moto: EmulatorServer;
let iam: IAMClient;
const config = () => ({
  endpoint: moto.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
});

beforeAll(async () => {
  moto = await startMoto();
  iam = new IAMClient(config());
  for (const RoleName of ['cart', 'podtrust-write'])
    await iam.send(new CreateRoleCommand({ RoleName, Path: '/team/', AssumeRolePolicyDocument: TRUST }));
});
afterAll(() => moto.close());

const world = () =>
  worldOf({
    plan: 'plan',
    hash: sha256,
    patience,
    enter: throughWriteRole(
      { name: 'team/podtrust-write', externalId: 'external', session: 'podtrust-fix' },
      {
        configure: (region) => ({ endpoint: moto.endpoint, ...(region === null ? {} : { region }) }),
        sts: () => new STSClient(config()),
        region: async () => 'us-east-1',
      },
    ),
  });

async function apply(plan: string, changes: readonly Change[]) {
  const entries: JournalEntry[] = [];
  const locks = { acquire: async () => true, release: async () => undefined };
  const journal = {
    record: async (entry: JournalEntry) => void entries.push(entry),
    begun: async () => new Map<number, never>(),
  };
  const applying = {
    world: world(),
    locks,
    journal,
    guards: [],
    wayBackGuards: [],
    patience,
    now: () => new Date(),
  };
  const outcome = await applyChanges(plan, changes, applying);
  await finish(plan, changes, locks);
  return outcome;
}

const trustNow = async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'cart' }));
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
};

// moto has no calls that add or remove audiences.
it('goes there and back at another IAM over HTTP, through a role that is really assumed', async () => {
  const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC`;
  const url = 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC';
  const before = await trustNow();
  const after = before.replace(
    '"Sid": "Kept"',
    '"Sid": "Kept", "Condition": {"Bool": {"aws:SecureTransport": "true"}}',
  );
  expect(after).not.toBe(before);
  const thumbprints = ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'];
  const first = ['sts.amazonaws.com'];
  const provider = { account: ACCOUNT, arn };
  const changes: Change[] = [
    { kind: 'oidc-provider', target: provider, before: null, after: { url, clientIds: first, thumbprints } },
    {
      kind: 'trust-policy',
      target: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/team/cart` },
      before,
      after,
    },
  ];
  expect(await apply('there', changes)).toEqual({ outcome: 'applied', written: 2, already: 0 });
  const made = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
  expect(made).toMatchObject({ ClientIDList: first, ThumbprintList: thumbprints });
  expect(await trustNow()).toBe(after);
  const back = [...changes].reverse().map((change) => inverse(change) ?? change);
  expect(await apply('back', back)).toEqual({ outcome: 'applied', written: 2, already: 0 });
  expect(await trustNow()).toBe(before);
  await expect(
    iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })),
  ).rejects.toThrow();
});

it('writes nothing when the document is another by now', async () => {
  const before = await trustNow();
  const target = { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/team/cart` };
  const change: Change = {
    kind: 'trust-policy',
    target,
    before: before.replace('Kept', 'Gone'),
    after: '{}',
  };
  expect(await apply('stale', [change])).toMatchObject({ outcome: 'stale' });
  expect(await trustNow()).toBe(before);
});
