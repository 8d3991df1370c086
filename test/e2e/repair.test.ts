import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { beforeAll, expect, inject, it } from 'vitest';
import { callerProof, decisionText } from '../../shared/aws/repairs/caller-proof.ts';
import { dynamodbRecords } from '../../shared/aws/repairs/dynamodb-records.ts';
import { repairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { HUB, REGION } from './deployment.ts';
import { clientsOf, createProvider, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, type Received, subscribe } from './inbox.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const { iam, eks } = clientsOf(deployed, deployed.hub);
const store = repairStore({
  records: dynamodbRecords(new DynamoDBClient(deployed.hub), () => deployed.outputs.RepairTableName),
  hash: sha256,
  now: () => new Date(),
});
const NAME = 'ledger';

let inbox: Inbox;
let role: WebIdentityRole;
let slip: object;
let plan = '';

const live = async (): Promise<unknown> => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: NAME }));
  return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}')).Statement;
};

const told = (what: string) =>
  until(`The message "${what}"`, async () => {
    await inbox.take();
    return inbox.repairs.find((one) => one.what === what && (plan === '' || one.plan === plan));
  });

beforeAll(async () => {
  inbox = await subscribe(deployed, 'repair');
  const roleArn = `arn:aws:iam::${HUB}:role/cluster`;
  const accessConfig = { authenticationMode: 'API' as const };
  await eks.send(new CreateClusterCommand({ name: 'repair', roleArn, accessConfig, resourcesVpcConfig: {} }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'repair' }));
  const issuer = cluster?.identity?.oidc?.issuer ?? '';
  await createProvider(iam, issuer);
  role = new WebIdentityRole(iam, HUB, issuer, NAME);
  slip = JSON.parse(JSON.stringify(role.sound).replace(`shop:${NAME}`, `shop/${NAME}`));
  await role.create(role.sound);
  await hub.quiet();
});

it('the write role is the deployed stack: it trusts the functions that write, and denies what is never touched', async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'podtrust-write' }));
  const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}'));
  const { ArnEquals, StringEquals } = trust.Statement[0].Condition;
  const functions = ['plan', 'apply', 'verify', 'roll-back'];
  expect(ArnEquals['aws:PrincipalArn']).toEqual(
    functions.map((name) => `arn:aws:iam::${HUB}:role/podtrust-${name}`),
  );
  expect(StringEquals).toEqual({ 'sts:ExternalId': expect.any(String) });
  const { AttachedPolicies = [] } = await iam.send(
    new ListAttachedRolePoliciesCommand({ RoleName: 'podtrust-write' }),
  );
  const texts = await Promise.all(AttachedPolicies.map(({ PolicyArn }) => documentOf(PolicyArn)));
  expect(texts.join()).toContain('iam:UpdateAssumeRolePolicy');
  expect(texts.join()).toContain('NeverRoles');
});

it('a slip in a trust policy leads to a plan that waits for approval, and changes nothing', async () => {
  await role.trust(slip);
  const asked = await told('approval-requested');
  plan = asked.plan;
  expect(asked).toMatchObject({ account: HUB, findings: [{ rule: 'no-malformed-subject' }] });
  expect(asked.next.join(' ')).toContain(`podtrust approve ${plan}`);
  expect(await live()).toEqual([slip]);
  const request = await store.requested(plan);
  expect(request?.taskToken).toBeTruthy();
  expect(JSON.stringify(asked)).not.toContain(request?.taskToken);
});

it('an approval without a proof of this decision is none', async () => {
  const { FunctionError, Payload } = await decide({ digest: plan, verdict: 'approved', proof: 'x=1' });
  expect(FunctionError).toBeTruthy();
  expect(Buffer.from(Payload ?? []).toString()).toContain('The proof of who decides is refused');
  expect(await live()).toEqual([slip]);
});

it('approved by whom STS names, it is applied through the deployed state machine and verified', async () => {
  const answer = await decide({ digest: plan, verdict: 'approved', proof: await proofOf('approved') });
  expect(JSON.parse(Buffer.from(answer.Payload ?? []).toString())).toMatchObject({
    plan,
    verdict: 'approved',
    by: { account: HUB, arn: expect.stringMatching(/^arn:aws:/) },
  });
  await told('verified');
  expect(await live()).toEqual([role.sound]);
});

it('the state before and every step is in the history', async () => {
  const entries = await store.entries(plan);
  expect(entries.map(({ what }) => what)).toEqual([
    'planned',
    'approval-requested',
    'approved',
    'writing',
    'written',
    'confirmed',
    'applied',
    'verified',
  ]);
  const { before, after } = entries.find(({ what }) => what === 'writing') ?? {};
  expect(JSON.parse(String(before)).Statement).toEqual([slip]);
  expect(JSON.parse(String(after)).Statement).toEqual([role.sound]);
});

it('its own event comes back, and the finding resolves', async () => {
  const about = ({ change, finding }: Received['message']) =>
    change === 'resolved' && finding.rule === 'no-malformed-subject' && finding.role === role.arn;
  const { message } = await inbox.next('resolved by the repair', about);
  expect(message.causes[0]).toMatchObject({ eventName: 'UpdateAssumeRolePolicy' });
});

async function documentOf(PolicyArn: string | undefined): Promise<string> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
  );
  return decodeURIComponent(PolicyVersion?.Document ?? '');
}

function proofOf(verdict: 'approved' | 'rejected'): Promise<string> {
  const place = { region: REGION, partition: 'aws', endpoint: deployed.hub.endpoint };
  return callerProof(deployed.hub.credentials, place, decisionText(plan, verdict), new Date());
}

function decide(payload: object) {
  return hub.lambda.send(
    new InvokeCommand({ FunctionName: 'podtrust-decide', Payload: JSON.stringify(payload) }),
  );
}
