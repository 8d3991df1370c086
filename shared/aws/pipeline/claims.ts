import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Permission } from '../../lambda/permissions.ts';
import type { Claims } from '../../pipeline/claims.ts';
import { LostClaimError } from '../../pipeline/errors.ts';
import type { ReportFiles } from '../../pipeline/scan/report.ts';

/** What `get` needs. Without s3:ListBucket S3 answers AccessDenied for an object that is not there. */
export const claimReadPermissions: readonly Permission[] = [
  { actions: ['s3:GetObject'], on: 'objects' },
  { actions: ['s3:ListBucket'], on: 'bucket' },
  { actions: ['kms:Decrypt'], on: 'key' },
];

/** What `put` needs. */
export const claimWritePermissions: readonly Permission[] = [
  { actions: ['s3:PutObject'], on: 'objects' },
  { actions: ['kms:GenerateDataKey'], on: 'key' },
];

/** Claims as objects of a bucket. */
export function s3Claims(client: S3Client, bucket: () => string): Claims {
  return {
    put: async (Key, Body) => {
      await client.send(
        new PutObjectCommand({ Bucket: bucket(), Key, Body, ContentType: 'application/json; charset=utf-8' }),
      );
    },
    get: async (Key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket(), Key }));
        return (await Body?.transformToString('utf-8')) ?? '';
      } catch (cause) {
        if (cause instanceof NoSuchKey) throw new LostClaimError(Key, 'it does not exist', { cause });
        throw cause;
      }
    },
  };
}

/** Other files than JSON of a bucket, for people: a text with its media type. */
export function s3Files(client: S3Client, bucket: () => string): ReportFiles {
  return async (Key, Body, ContentType) => {
    await client.send(new PutObjectCommand({ Bucket: bucket(), Key, Body, ContentType }));
  };
}
