import * as z from 'zod';

const name = z.string().min(1).max(253);

/** One cluster by its name or ARN, or every cluster that carries a tag. */
export const clusterReferenceSchema = z.union([
  z.strictObject({ cluster: name.describe('Name or ARN of one cluster') }),
  z.strictObject({
    clusterTag: z
      .strictObject({ key: name, value: z.string().max(256) })
      .describe('Every cluster with this tag'),
  }),
]);

export type ClusterReference = z.infer<typeof clusterReferenceSchema>;

/** A cluster as far as references look at it. */
interface Referable {
  readonly name: string;
  readonly arn: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** True when a reference is about a cluster: by name, by ARN, or by a tag that it carries. */
export function isAboutCluster(reference: ClusterReference, { name, arn, tags }: Referable): boolean {
  if ('cluster' in reference) return reference.cluster === name || reference.cluster === arn;
  const { key, value } = reference.clusterTag;
  return tags !== undefined && Object.hasOwn(tags, key) && tags[key] === value;
}
