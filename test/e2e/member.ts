import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { changePatterns } from '../../shared/triggers/pattern.ts';
import type { ClientConfig } from './cloudtrail-bridge.ts';

interface Member {
  readonly member: ClientConfig;
  /** The account of the hub. */
  readonly hub: string;
  readonly busArn: string;
  readonly readRole: string;
}

/** What a member account needs: a role that the hub may assume, and its rules to the hub's bus. */
export async function joinMember({ member, hub, busArn, readRole }: Member): Promise<void> {
  const iam = new IAMClient(member);
  const trusted = (Principal: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
    });
  await iam.send(
    new CreateRoleCommand({
      RoleName: readRole,
      AssumeRolePolicyDocument: trusted({ AWS: `arn:aws:iam::${hub}:root` }),
    }),
  );
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'podtrust-forward',
      AssumeRolePolicyDocument: trusted({ Service: 'events.amazonaws.com' }),
    }),
  );
  const events = new EventBridgeClient(member);
  for (const [at, pattern] of changePatterns().entries()) {
    const Rule = `podtrust-changes-${at + 1}`;
    await events.send(new PutRuleCommand({ Name: Rule, EventPattern: JSON.stringify(pattern) }));
    await events.send(
      new PutTargetsCommand({ Rule, Targets: [{ Id: 'hub', Arn: busArn, RoleArn: Role?.Arn }] }),
    );
  }
}
