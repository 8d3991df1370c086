/** Where the accounts of a partition have their IAM API, and which regions every account has without opting in. */
export interface Partition {
  readonly name: string;
  /** Region whose endpoint serves IAM and whose event bus sees IAM's events. */
  readonly iamRegion: string;
  readonly regions: RegExp;
  readonly defaultRegions: readonly string[];
}

/**
 * As of 2026-11. Regions launched after March 2019 must be opted into (AWS account management guide, "Enable or disable
 * AWS Regions"): they are not here, and podtrust finds them by `account:ListRegions` alone. The isolated partitions'
 * regions come from the SDK's partition table.
 */
const PARTITIONS: readonly Partition[] = [
  {
    name: 'aws-cn',
    iamRegion: 'cn-north-1',
    regions: /^cn-/,
    defaultRegions: ['cn-north-1', 'cn-northwest-1'],
  },
  {
    name: 'aws-us-gov',
    iamRegion: 'us-gov-west-1',
    regions: /^us-gov-/,
    defaultRegions: ['us-gov-east-1', 'us-gov-west-1'],
  },
  {
    name: 'aws-eusc',
    iamRegion: 'eusc-de-east-1',
    regions: /^eusc-/,
    defaultRegions: ['eusc-de-east-1'],
  },
  {
    name: 'aws-iso',
    iamRegion: 'us-iso-east-1',
    regions: /^us-iso-/,
    defaultRegions: ['us-iso-east-1', 'us-iso-west-1'],
  },
  {
    name: 'aws-iso-b',
    iamRegion: 'us-isob-east-1',
    regions: /^us-isob-/,
    defaultRegions: ['us-isob-east-1', 'us-isob-west-1'],
  },
  {
    name: 'aws-iso-e',
    iamRegion: 'eu-isoe-west-1',
    regions: /^eu-isoe-/,
    defaultRegions: ['eu-isoe-west-1'],
  },
  {
    name: 'aws-iso-f',
    iamRegion: 'us-isof-south-1',
    regions: /^us-isof-/,
    defaultRegions: ['us-isof-east-1', 'us-isof-south-1'],
  },
];

const COMMERCIAL: Partition = {
  name: 'aws',
  iamRegion: 'us-east-1',
  regions: /./,
  defaultRegions: [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'sa-east-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ],
};

/** The partition of a region. A region of no known partition is taken for a commercial one. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find((partition) => partition.regions.test(region)) ?? COMMERCIAL;
}

/** A partition by its name in ARNs, or undefined for one that this version does not know. */
export function partitionNamed(name: string): Partition | undefined {
  return [COMMERCIAL, ...PARTITIONS].find((partition) => partition.name === name);
}
