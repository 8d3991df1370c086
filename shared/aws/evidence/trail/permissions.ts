import type { TrailTable } from '../../../config/evidence.ts';

/** What is known of the place besides the configuration. */
export interface TrailPlace {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Bucket of the trail's log files. */
  readonly logs: string;
  /** Bucket of Athena's results. */
  readonly results: string;
}

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/**
 * A policy that allows just the query of a table. Athena reads the catalog and the buckets with the caller's permissions
 * (Athena user guide, "Control access to Amazon S3 from Athena"; Service Authorization Reference, Athena and Glue). The key of
 * encrypted log files, and Lake Formation where it guards the table, are left to whoever has them.
 */
export function trailPermissions(
  { database, table, workgroup }: Pick<TrailTable, 'database' | 'table' | 'workgroup'>,
  { partition, region, account, logs, results }: TrailPlace,
): { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] } {
  const glue = `arn:${partition}:glue:${region}:${account}`;
  const bucket = (name: string) => `arn:${partition}:s3:::${name}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PodtrustAskTrail',
        Effect: 'Allow',
        Action: [...ATHENA_ACTIONS],
        Resource: [`arn:${partition}:athena:${region}:${account}:workgroup/${workgroup}`],
      },
      {
        Sid: 'PodtrustReadTrailTable',
        Effect: 'Allow',
        Action: ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
        Resource: [`${glue}:catalog`, `${glue}:database/${database}`, `${glue}:table/${database}/${table}`],
      },
      {
        Sid: 'PodtrustReadTrailLogs',
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket'],
        Resource: [bucket(logs), `${bucket(logs)}/*`],
      },
      {
        Sid: 'PodtrustKeepTrailResults',
        Effect: 'Allow',
        Action: [
          's3:AbortMultipartUpload',
          's3:GetBucketLocation',
          's3:GetObject',
          's3:ListBucket',
          's3:ListBucketMultipartUploads',
          's3:ListMultipartUploadParts',
          's3:PutObject',
        ],
        Resource: [bucket(results), `${bucket(results)}/*`],
      },
    ],
  };
}

const ATHENA_ACTIONS = [
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
] as const;
