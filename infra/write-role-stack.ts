import { Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { writeRolePolicies } from '../shared/aws/changes/write-role-policy.ts';
import { acknowledge } from './acknowledge.ts';
import { WRITING_ROLES } from './constructs/pipeline-functions.ts';
import { memberRole } from './member-role.ts';

/** IAM quotas: managed policies of a role, unless raised. */
const MOST_POLICIES = 10;

interface WriteRoleStackProps extends StackProps {
  /** Name of the role: what the hub's configuration says. */
  readonly roleName: string;
  readonly readRoleName: string;
  /** ARNs of principals for emergencies, which it never touches. */
  readonly breakGlass: readonly string[];
}

/**
 * The role through which the hub repairs an account, once per account and only where repairs are wanted: trusted by the
 * functions that write, and nobody else; it makes the calls of changes, each session those of one, and none with the
 * principals that no repair may touch.
 */
export class WriteRoleStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { roleName, readRoleName, breakGlass, ...props }: WriteRoleStackProps,
  ) {
    super(scope, id, props);
    const role = memberRole(this, 'WriteRole', {
      roleName,
      description: 'Lets podtrust repair what an EKS identity hangs on',
      enteredBy: WRITING_ROLES,
    });
    const never = { breakGlass, ownRoles: [roleName, readRoleName] };
    const policies = writeRolePolicies({ ...never, partition: this.partition, account: this.account });
    if (policies.length > MOST_POLICIES) {
      throw new RangeError(
        `access.breakGlass names too many principals for one role: ${policies.length} policies, and a role has ${MOST_POLICIES}. Write them with * where they have names in common.`,
      );
    }
    const made = policies.map(
      ({ Statement }, part) =>
        new ManagedPolicy(this, `Writes${part + 1}`, {
          roles: [role],
          statements: Statement.map((statement) => PolicyStatement.fromJson(statement)),
        }),
    );
    // As cdk-nag spells what is open until the stack has an account.
    const spelled = writeRolePolicies({
      ...never,
      partition: '<AWS::Partition>',
      account: '<AWS::AccountId>',
    });
    for (const [part, { Statement }] of spelled.entries()) {
      const policy = made[part];
      const allowed = Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(
        ({ Resource }) => Resource,
      );
      if (policy === undefined) continue;
      for (const resource of new Set(allowed))
        acknowledge(policy, `AwsSolutions-IAM5[Resource::${resource}]`, WHY);
    }
  }
}

const WHY =
  'Which resource needs a repair is not known before. The actions are the calls that changes make, each by its name; ' +
  'every session is narrowed to one target by a session policy; what is never to be touched is denied.';
