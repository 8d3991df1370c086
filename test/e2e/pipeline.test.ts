import {
  CreateClusterCommand,
  CreatePodIdentityAssociationCommand,
  DescribeClusterCommand,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { HUB, POD_TRUST, REGION } from './deployment.ts';
import { clientsOf, createProvider, EVERYONE, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, type Received, subscribe } from './inbox.ts';
import { until } from './until.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const { iam, eks } = clientsOf(deployed, deployed.hub);
const CLUSTER = 'shop';

let inbox: Inbox;
let issuer = '';

beforeAll(async () => {
  inbox = await subscribe(deployed, 'pipeline');
  const roleArn = `arn:aws:iam::${HUB}:role/cluster`;
  const accessConfig = { authenticationMode: 'API' as const };
  await eks.send(new CreateClusterCommand({ name: CLUSTER, roleArn, accessConfig, resourcesVpcConfig: {} }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: CLUSTER }));
  issuer = cluster?.identity?.oidc?.issuer ?? '';
  await createProvider(iam, issuer);
});

const about = (role: string, change: string) => (message: Received['message']) =>
  message.finding.role === role && message.change === change;

describe('an IAM call on the emulator', () => {
  let role: WebIdentityRole;
  beforeAll(async () => {
    role = new WebIdentityRole(iam, HUB, issuer, 'cart');
    await role.create(role.sound);
    await hub.quiet();
  });

  it('that leaves the role sound is judged, and nobody hears of it', async () => {
    const before = await hub.executions();
    await role.trust({ ...role.sound, Sid: 'Pods' });
    const after = await until('An execution', async () => {
      const all = await hub.executions();
      return all.length > before.length ? all : undefined;
    });
    await hub.quiet();
    const known = new Set(before.map(({ arn }) => arn));
    const [only] = (await hub.executions()).filter(({ arn }) => !known.has(arn));
    expect(after.length).toBe(before.length + 1);
    expect(only?.status).toBe('SUCCEEDED');
    await inbox.take();
    expect(inbox.received.filter(({ message }) => message.finding.role === role.arn)).toEqual([]);
  });

  it('that opens the role to the world is told with its cause, kept, and in the execution’s history', async () => {
    await role.trust(role.sound, EVERYONE);
    const { message, attributes } = await inbox.next('opened to the world', about(role.arn, 'new'));
    expect(message).toMatchObject({
      change: 'new',
      finding: { rule: 'no-public-trust', kind: 'open', status: 'open', account: HUB, role: role.arn },
      causes: [
        {
          eventName: 'UpdateAssumeRolePolicy',
          service: 'iam.amazonaws.com',
          actor: { type: 'IAMUser' },
          sourceAddress: '127.0.0.1',
        },
      ],
    });
    expect(attributes).toMatchObject({
      rule: 'no-public-trust',
      kind: 'open',
      account: HUB,
      status: 'open',
      change: 'new',
      id: message.id,
    });
    const kept = (await hub.openFindings(HUB)).find(
      ({ fingerprint }) => fingerprint === message.finding.fingerprint,
    );
    expect(kept).toMatchObject({ rule: 'no-public-trust', status: 'open' });
    await hub.quiet();
    const [latest] = await hub.executions();
    expect(message.audit).toContain(latest?.name);
    expect(await hub.statesOf(latest?.arn ?? '')).toEqual([
      'Begin',
      'What next',
      'Collect',
      'Resolve scope',
      'Collect the accounts it hangs on',
      'Evaluate',
      'Settle',
      'Done',
    ]);
  });

  it('that repairs the role resolves the finding', async () => {
    await role.trust(role.sound);
    const { message } = await inbox.next('repaired', about(role.arn, 'resolved'));
    expect(message).toMatchObject({
      finding: { rule: 'no-public-trust', status: 'resolved' },
      before: { status: 'open' },
    });
    const open = await until('The end of the finding', async () => {
      const all = await hub.openFindings(HUB);
      return all.some(({ role: about }) => about === role.arn) ? undefined : all;
    });
    expect(open.map(({ rule }) => rule)).not.toContain('no-public-trust');
  });

  it('whose event comes twice more changes nothing', async () => {
    await role.trust(role.sound, EVERYONE);
    const { message } = await inbox.next('opened again', about(role.arn, 'reopened'));
    await hub.quiet();
    const before = await hub.executions();
    const [cause] = message.causes;
    const again = {
      eventVersion: '1.11',
      eventID: cause?.eventId,
      eventTime: cause?.time,
      eventName: cause?.eventName,
      eventSource: cause?.service,
      awsRegion: REGION,
      recipientAccountId: HUB,
      userIdentity: { type: 'IAMUser' },
      requestParameters: { roleName: 'cart', policyDocument: '{}' },
      managementEvent: true,
      readOnly: false,
    };
    await hub.put(again);
    await hub.put(again);
    await hub.quiet();
    await inbox.take();
    expect(await hub.executions()).toHaveLength(before.length);
    expect(inbox.received.filter(({ message: { id } }) => id === message.id)).toHaveLength(1);
    await role.trust(role.sound);
    await inbox.next('repaired again', about(role.arn, 'resolved'));
  });
});

describe('an association at the EKS API', () => {
  it('to a role that does not let Pod Identity in is told, and told to be over once it names another', async () => {
    const arn = (name: string) => `arn:aws:iam::${HUB}:role/${name}`;
    const untagged = POD_TRUST.replace(',"sts:TagSession"', '');
    await iam.send(new CreateRoleCommand({ RoleName: 'orders-old', AssumeRolePolicyDocument: untagged }));
    await iam.send(new CreateRoleCommand({ RoleName: 'orders', AssumeRolePolicyDocument: POD_TRUST }));
    await hub.quiet();
    const where = { clusterName: CLUSTER, namespace: 'shop', serviceAccount: 'orders' };
    const asked = Date.now();
    const { association } = await eks.send(
      new CreatePodIdentityAssociationCommand({ ...where, roleArn: arn('orders-old') }),
    );
    const opened = await inbox.next(
      'broken association',
      ({ change, finding }) => change === 'new' && finding.cluster === CLUSTER && finding.kind === 'broken',
    );
    expect(opened.message).toMatchObject({
      finding: { account: HUB, region: REGION, cluster: CLUSTER },
      causes: [
        {
          eventName: 'CreatePodIdentityAssociation',
          service: 'eks.amazonaws.com',
          region: REGION,
          actor: { arn: expect.stringContaining(`:${HUB}:`) },
        },
      ],
    });
    const [cause] = opened.message.causes;
    expect(Date.parse(cause?.time ?? '')).toBeGreaterThanOrEqual(asked - 2000);
    expect(Date.parse(cause?.time ?? '')).toBeLessThanOrEqual(opened.at);
    await eks.send(
      new UpdatePodIdentityAssociationCommand({
        clusterName: CLUSTER,
        associationId: association?.associationId,
        roleArn: arn('orders'),
      }),
    );
    await inbox.next(
      'repaired association',
      ({ change, finding }) =>
        change === 'resolved' && finding.fingerprint === opened.message.finding.fingerprint,
    );
  });
});

describe('an event that cannot be read', () => {
  it('ends in the dead-letter queue, with its text, and does not hold up the others', async () => {
    const sqs = new SQSClient(deployed.hub);
    const { QueueUrls = [] } = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'PodtrustHub-IntakeQueue' }),
    );
    // As deployed a message is hidden for minutes between two tries.
    for (const QueueUrl of QueueUrls)
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '2' } }));
    await hub.put({
      eventVersion: '1.11',
      eventID: 'poison',
      eventTime: '2026-11-23T00:00:00Z',
      eventName: 'UpdateAssumeRolePolicy',
      eventSource: 'iam.amazonaws.com',
      awsRegion: REGION,
      recipientAccountId: 'nobody',
      requestParameters: { roleName: 'cart' },
    });
    const dead = await until('A dead letter', async () => {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: deployed.outputs.DeadLetterQueueUrl }),
      );
      return Messages?.[0]?.Body;
    });
    expect(JSON.parse(dead)).toMatchObject({ detail: { eventID: 'poison' } });
    const left = await Promise.all(
      QueueUrls.map(async (QueueUrl) => {
        const AttributeNames = [
          'ApproximateNumberOfMessages' as const,
          'ApproximateNumberOfMessagesNotVisible' as const,
        ];
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
        );
        return AttributeNames.map((name) => Number(Attributes[name]));
      }),
    );
    expect(left.flat().reduce((sum, count) => sum + count, 0)).toBe(0);
  });
});

it('nothing was left unjudged', async () => {
  const unjudged = (await hub.openFindings()).filter(({ rule }) => rule === 'no-unjudged-change');
  expect(unjudged).toEqual([]);
});
