import { CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';

interface MemberRoleProps {
  readonly roleName: string;
  readonly description: string;
  /** Names of the hub's roles that may enter. */
  readonly enteredBy: readonly string[];
}

/**
 * A role of a member account that functions of the hub enter, and nobody else: with the hub's account and the external
 * id as parameters of the stack, so that one template serves every account.
 */
export function memberRole(stack: Stack, id: string, { enteredBy, ...role }: MemberRoleProps): Role {
  const hub = new CfnParameter(stack, 'HubAccount', {
    description: 'Account id of the hub',
    allowedPattern: '[0-9]{12}',
  }).valueAsString;
  const externalId = new CfnParameter(stack, 'ExternalId', {
    description: 'deployment.readRole.externalId of the hub',
    minLength: 2,
    maxLength: 1224,
  }).valueAsString;
  return new Role(stack, id, {
    ...role,
    assumedBy: new AccountPrincipal(hub).withConditions({
      // By ARN and not as principals: a role that the hub makes anew keeps its access, and one that is missing stops nothing.
      ArnEquals: {
        'aws:PrincipalArn': enteredBy.map((name) =>
          Fn.sub(`arn:\${AWS::Partition}:iam::\${Hub}:role/${name}`, { Hub: hub }),
        ),
      },
      StringEquals: { 'sts:ExternalId': externalId },
    }),
  });
}
