/** The parts of an ARN as aws-sdk-go splits it: at the first five colons, nothing checked. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Splits an ARN, or answers why it is none in the words of aws-sdk-go. */
export function splitArn(arn: string): ArnParts | { readonly invalid: string } {
  if (!arn.startsWith('arn:')) {
    return { invalid: 'arn: invalid prefix' };
  }
  const parts = arn.split(':');
  if (parts.length < 6) {
    return { invalid: 'arn: not enough sections' };
  }
  const [, partition = '', service = '', region = '', account = '', ...resource] = parts;
  return { partition, service, region, account, resource: resource.join(':') };
}

/**
 * Partitions that the authenticator takes callers from. 0.6.13 has the first seven from aws-sdk-go 1.44.332; in
 * partitions that are younger than it EKS must run a build that knows them, so they are taken as well.
 */
export const PARTITIONS: ReadonlySet<string> = new Set([
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
]);

/** The role's ARN without its path: what sessions of the role are looked up by. */
export function roleArn({ partition, account }: ArnParts, name: string): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}
