import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { beforeAll, expect, inject, it } from 'vitest';
import { HUB, MEMBER } from './deployment.ts';
import { clientsOf, createProvider, EVERYONE, hubOf, WebIdentityRole } from './hub.ts';
import { type Inbox, subscribe } from './inbox.ts';

const deployed = inject('deployed');
const hub = hubOf(deployed);
const { iam, eks } = clientsOf(deployed, deployed.member);

let inbox: Inbox;
let role: WebIdentityRole;

beforeAll(async () => {
  inbox = await subscribe(deployed, 'member');
  const roleArn = `arn:aws:iam::${MEMBER}:role/cluster`;
  await eks.send(new CreateClusterCommand({ name: 'elsewhere', roleArn, resourcesVpcConfig: {} }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'elsewhere' }));
  const issuer = cluster?.identity?.oidc?.issuer ?? '';
  await createProvider(iam, issuer);
  role = new WebIdentityRole(iam, MEMBER, issuer, 'ledger');
  await role.create(role.sound);
  await hub.quiet();
});

it('a change in a member account is forwarded to the hub, read through the read role, and told of that account', async () => {
  await role.trust(role.sound, EVERYONE);
  const { message, attributes } = await inbox.next(
    'opened in the member account',
    ({ change, finding }) => change === 'new' && finding.role === role.arn,
  );
  expect(message).toMatchObject({
    finding: { rule: 'no-public-trust', account: MEMBER, role: role.arn },
    causes: [{ eventName: 'UpdateAssumeRolePolicy' }],
  });
  expect(attributes['account']).toBe(MEMBER);
  expect((await hub.openFindings(MEMBER)).map(({ role: of }) => of)).toContain(role.arn);
  expect((await hub.openFindings(HUB)).map(({ role: of }) => of)).not.toContain(role.arn);
});

it('and its repair is told of that account, too', async () => {
  await role.trust(role.sound);
  await inbox.next(
    'repaired in the member account',
    ({ change, finding }) => change === 'resolved' && finding.role === role.arn,
  );
});

it('nothing of the member account was left unjudged', async () => {
  const open = await hub.openFindings(MEMBER);
  expect(open.filter(({ rule }) => rule === 'no-unjudged-change')).toEqual([]);
});
