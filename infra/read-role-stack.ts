import { Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { causePermissions, kubernetesPermissions, readPermissions } from '../shared/aws/permissions.ts';
import { acknowledge } from './acknowledge.ts';
import { ENTERING_ROLES } from './constructs/pipeline-functions.ts';
import { memberRole } from './member-role.ts';

interface ReadRoleStackProps extends StackProps {
  /** Name of the role: what the hub's configuration says. */
  readonly roleName: string;
  /** Whether Kubernetes APIs of clusters are read: then EC2 is asked about nodes, too. */
  readonly kubernetes: boolean;
}

/**
 * The role through which the hub reads an account, once per account: trusted by the roles of the hub's functions that
 * enter accounts, and nobody else, with an external id where one is given; it reads, and writes nothing.
 */
export class ReadRoleStack extends Stack {
  constructor(scope: Construct, id: string, { roleName, kubernetes, ...props }: ReadRoleStackProps) {
    super(scope, id, props);
    const role = memberRole(this, 'ReadRole', {
      roleName,
      description: 'Lets podtrust read what an EKS identity hangs on',
      enteredBy: ENTERING_ROLES,
    });
    const policy = new ManagedPolicy(this, 'Reads', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: [
            ...new Set([
              ...readPermissions().actions,
              ...causePermissions().actions,
              ...(kubernetes ? kubernetesPermissions().actions : []),
            ]),
          ].sort(),
          resources: ['*'],
        }),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Whatever exists is listed and described, so the resource is any. The actions are the reads that the code calls, ' +
        'each by its name.',
    );
  }
}
