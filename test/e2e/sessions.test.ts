import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { beforeAll, expect, inject, it } from 'vitest';
import { dynamodbEvidence } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { HUB, MEMBER, REGION } from './deployment.ts';
import { clientsOf, createProvider, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, subscribe } from './inbox.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const { iam, eks } = clientsOf(deployed, deployed.hub);
const evidence = dynamodbEvidence(new DynamoDBClient(deployed.hub), () => deployed.outputs.TableName);

let inbox: Inbox;
let issuer = '';
let role: WebIdentityRole;

beforeAll(async () => {
  inbox = await subscribe(deployed, 'sessions');
  const roleArn = `arn:aws:iam::${HUB}:role/cluster`;
  await eks.send(new CreateClusterCommand({ name: 'asks', roleArn, resourcesVpcConfig: {} }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'asks' }));
  issuer = cluster?.identity?.oidc?.issuer ?? '';
  await createProvider(iam, issuer);
  role = new WebIdentityRole(iam, HUB, issuer, 'ledger-writer');
  await role.create(role.sound);
  await hub.quiet();
});

/** CloudTrail's record of a pod that asks STS for the role. */
function asks(serviceAccount: string, more: object, account = HUB): object {
  const userName = `system:serviceaccount:shop:${serviceAccount}`;
  const provider = `arn:aws:iam::${account}:oidc-provider/${issuer.replace('https://', '')}`;
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'WebIdentityUser',
      principalId: `${provider}:sts.amazonaws.com:${userName}`,
      userName,
      identityProvider: provider,
    },
    eventTime: new Date().toISOString().replace(/\.\d+/, ''),
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoleWithWebIdentity',
    awsRegion: REGION,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-sdk-go-v2/1.39.2',
    requestParameters: {
      roleArn: `arn:aws:iam::${account}:role/ledger-writer`,
      roleSessionName: 'botocore-session-1795165325',
    },
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...more,
  };
}

const refusal = { errorCode: 'AccessDenied', errorMessage: 'An unknown error occurred' };

it('a pod that is refused a role is written down, the role judged, and the refusal told', async () => {
  await hub.put(asks('auditor', refusal));
  const { message } = await inbox.next(
    'refused',
    ({ change, finding }) =>
      change === 'new' && finding.rule === 'no-denied-web-identity' && finding.role === role.arn,
  );
  expect(message.finding).toMatchObject({ kind: 'broken', account: HUB, status: 'open' });
  expect(JSON.stringify(message.finding)).toContain('auditor');
  const { evidence: kept } = await evidence.all(HUB);
  expect(kept).toContainEqual(
    expect.objectContaining({
      kind: 'web-denial',
      of: expect.objectContaining({ role: role.arn, subject: 'system:serviceaccount:shop:auditor' }),
    }),
  );
});

it('a refusal that goes on is counted, and not told again', async () => {
  const before = await hub.executions();
  await hub.put(asks('auditor', refusal));
  await hub.put(asks('auditor', refusal));
  await hub.quiet();
  await inbox.take();
  const told = inbox.received.filter(
    ({ message: { finding } }) => finding.rule === 'no-denied-web-identity' && finding.role === role.arn,
  );
  expect(told).toHaveLength(1);
  expect(await hub.executions()).toHaveLength(before.length);
});

it('a session that is given is written down where an account wants it, and nowhere else', async () => {
  const given = (account: string) => ({
    responseElements: {
      subjectFromWebIdentityToken: 'system:serviceaccount:shop:ledger-writer',
      provider: `arn:aws:iam::${account}:oidc-provider/${issuer.replace('https://', '')}`,
      audience: 'sts.amazonaws.com',
      assumedRoleUser: {
        assumedRoleId: 'AROAEXAMPLE:pod',
        arn: `arn:aws:sts::${account}:assumed-role/ledger-writer/pod`,
      },
    },
  });
  await hub.put(asks('ledger-writer', given(MEMBER), MEMBER));
  await hub.put(asks('ledger-writer', given(HUB)));
  const session = await until('The session', async () =>
    (await evidence.all(HUB)).evidence.find(
      ({ kind, of }) => kind === 'session' && of.subject?.endsWith(':ledger-writer') === true,
    ),
  );
  expect(session.of).toMatchObject({ role: role.arn });
  expect((await evidence.all(MEMBER)).evidence).toEqual([]);
});
