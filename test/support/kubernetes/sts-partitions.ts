/** Partitions in which a cluster can sign principals in, with regions whose STS the impostor answers for. */
export const PARTITIONS = {
  aws: { suffix: 'amazonaws.com', regions: ['us-east-1', 'eu-west-1'] },
  'aws-cn': { suffix: 'amazonaws.com.cn', regions: ['cn-north-1'] },
  'aws-us-gov': { suffix: 'amazonaws.com', regions: ['us-gov-west-1'] },
} as const;

export type StsPartition = keyof typeof PARTITIONS;

/** Regions by the host of their STS. */
export function stsHosts(partition: StsPartition): ReadonlyMap<string, string> {
  const { suffix, regions } = PARTITIONS[partition];
  return new Map(regions.map((region) => [`sts.${region}.${suffix}`, region]));
}
