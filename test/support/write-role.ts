import { EKSClient } from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { type RoleClients, throughWriteRole } from '../../shared/aws/changes/enter.ts';
import type { Enter } from '../../shared/aws/changes/world.ts';
import { type WriteRoleOptions, writeRolePolicies } from '../../shared/aws/changes/write-role-policy.ts';
import type { Simulation } from '../../simulator/simulation.ts';

const EXTERNAL_ID = 'a-long-random-text';

/** Makes the write role as its stack does, and enters the account through it, from a role of the same account. */
export async function enterByWriteRole(simulation: Simulation, account: string): Promise<Enter> {
  const admin = simulation.as(account, `arn:aws:iam::${account}:role/others`)('iam', null, null);
  const hub = `arn:aws:iam::${account}:role/podtrust-apply`;
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: account },
        Action: 'sts:AssumeRole',
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': hub },
          StringEquals: { 'sts:ExternalId': EXTERNAL_ID },
        },
      },
    ],
  };
  await admin.send(
    new CreateRoleCommand({ RoleName: 'podtrust-write', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await admin.send(
    new PutRolePolicyCommand({
      RoleName: 'podtrust-write',
      PolicyName: 'Writes',
      PolicyDocument: writeRoleText({ account }),
    }),
  );
  simulation.clock.advance(60);
  const caller = simulation.as(account, hub);
  const from: RoleClients = {
    configure: (region) => ({ ...(region === null ? {} : { region }), maxAttempts: 2 }),
    sts: () => caller('sts', null, null),
    region: async () => 'us-east-1',
    eks: (config) => simulation.attach('eks', new EKSClient(config)),
    iam: (config) => simulation.attach('iam', new IAMClient(config)),
  };
  return throughWriteRole({ name: 'podtrust-write', externalId: EXTERNAL_ID, session: 'podtrust-fix' }, from);
}

/** All policies of the write role as one document. */
export function writeRoleText({
  partition = 'aws',
  account = '111122223333',
  breakGlass = [],
  ownRoles = [],
}: Partial<WriteRoleOptions>): string {
  const policies = writeRolePolicies({ partition, account, breakGlass, ownRoles });
  const Statement = policies.flatMap((policy) => policy.Statement);
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: Statement.map((statement, at) => ({ ...statement, Sid: `${statement.Sid}${at}` })),
  });
}
