import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { Permission } from '../../lambda/permissions.ts';
import { InvalidInputError } from '../../pipeline/errors.ts';
import type { SecurityHub } from '../../pipeline/import-findings.ts';
import type { AsffFinding, SecurityHubPlace } from '../../reports/asff.ts';

/** What awsSecurityHub needs. */
export const securityHubPermissions: readonly Permission[] = [
  { actions: ['securityhub:BatchImportFindings'], on: 'security-hub-product' },
];

/** How long one import may take, its retries included: a third of the time that its function has. */
const MOST_MILLISECONDS = 20_000;

/** Imports findings into the Security Hub of the client's account and region. */
export function awsSecurityHub(client: SecurityHubClient): SecurityHub {
  return {
    importFindings: async (findings) => {
      const { FailedFindings = [] } = await client.send(
        new BatchImportFindingsCommand({ Findings: findings.map(ofSdk) }),
        // Time is left to note what was not taken.
        { abortSignal: AbortSignal.timeout(MOST_MILLISECONDS) },
      );
      return FailedFindings.map(({ Id = '', ErrorCode = '', ErrorMessage = '' }) => ({
        id: Id,
        code: ErrorCode,
        reason: ErrorMessage,
      }));
    },
  };
}

/** The place that a product's ARN names. Throws InvalidInputError for anything else. */
export function placeOfProduct(arn: string): SecurityHubPlace {
  const [, partition, region, account] =
    /^arn:([^:]+):securityhub:([^:]+):(\d{12}):product\/\3\/default$/.exec(arn) ?? [];
  if (partition !== undefined && region !== undefined && account !== undefined)
    return { partition, region, account };
  throw new InvalidInputError(
    `PODTRUST_PRODUCT_ARN is ${JSON.stringify(arn.slice(0, 200))}, not the default product of an account. podtrust's stack sets it: deploy the stack again.`,
  );
}

function ofSdk(finding: AsffFinding): AwsSecurityFinding {
  return {
    ...finding,
    Resources: finding.Resources.map(({ Partition, ...resource }) => ({
      ...resource,
      ...(isPartition(Partition) && { Partition }),
    })),
  };
}

/** Security Hub API reference, Resource, Partition: newer partitions are not in it and left out. */
function isPartition(name: string | undefined): name is 'aws' | 'aws-cn' | 'aws-us-gov' {
  return name === 'aws' || name === 'aws-cn' || name === 'aws-us-gov';
}
