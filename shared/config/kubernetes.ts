import * as z from 'zod';
import { clusterReferenceSchema } from './cluster-reference.ts';

const vpcSchema = z.strictObject({
  subnetIds: z
    .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id looks like subnet-0a1b2c3d4e5f60718'))
    .min(1)
    .max(16)
    .describe('Subnets that have a route to the endpoints of the clusters and to the AWS APIs'),
  securityGroupIds: z
    .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'a security group id looks like sg-0a1b2c3d4e5f60718'))
    .min(1)
    .max(5)
    .describe('Security groups of the function that reads; those of the clusters let them in at port 443'),
});

/** The clusters whose Kubernetes API the pipeline reads, and the VPC to do it from. */
export const kubernetesSchema = z.strictObject({
  clusters: z
    .array(clusterReferenceSchema)
    .min(1)
    .max(200)
    .describe('Clusters whose Kubernetes API is read; all others are left alone'),
  vpc: vpcSchema
    .optional()
    .describe('An existing VPC of the hub, for private endpoints. Absent: the function is in none'),
});
