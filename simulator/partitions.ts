/** What differs between AWS partitions, as far as the simulated services show it. */
interface Partition {
  /** Region in which IAM's CloudTrail records appear. */
  readonly iamRegion: string;
  /** Suffix of `oidc.eks.<region>` in a cluster's issuer. */
  readonly dnsSuffix: string;
}

const AWS: Partition = { iamRegion: 'us-east-1', dnsSuffix: 'amazonaws.com' };

const PARTITIONS: ReadonlyMap<string, Partition> = new Map([
  ['aws', AWS],
  ['aws-cn', { iamRegion: 'cn-north-1', dnsSuffix: 'amazonaws.com.cn' }],
  ['aws-us-gov', { iamRegion: 'us-gov-west-1', dnsSuffix: 'amazonaws.com' }],
  ['aws-eusc', { iamRegion: 'eusc-de-east-1', dnsSuffix: 'amazonaws.eu' }],
  ['aws-iso', { iamRegion: 'us-iso-east-1', dnsSuffix: 'c2s.ic.gov' }],
  ['aws-iso-b', { iamRegion: 'us-isob-east-1', dnsSuffix: 'sc2s.sgov.gov' }],
  ['aws-iso-e', { iamRegion: 'eu-isoe-west-1', dnsSuffix: 'cloud.adc-e.uk' }],
  ['aws-iso-f', { iamRegion: 'us-isof-south-1', dnsSuffix: 'csp.hci.ic.gov' }],
]);

const partitionOf = (name: string): Partition => PARTITIONS.get(name) ?? AWS;

/** The region whose event bus gets a partition's IAM records. */
export function iamRegion(partition: string): string {
  return partitionOf(partition).iamRegion;
}

/** The issuer of a new cluster. */
export function issuerFor(partition: string, region: string, id: string): string {
  return `https://oidc.eks.${region}.${partitionOf(partition).dnsSuffix}/id/${id}`;
}
