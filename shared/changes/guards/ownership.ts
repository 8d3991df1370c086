import type { Fixes } from '../../config/fixes.ts';
import type { Verdict } from '../applying.ts';
import type { Ownership } from '../plan.ts';
import type { Reading } from './reading.ts';

type Owner = Pick<Ownership, 'owner' | 'evidence'>;

/** Whether the owners of a target leave it to podtrust: an infrastructure tool would put back what it did not write. */
export function decideOwnership(owners: Reading<readonly Owner[]>, writeOwned: Fixes['writeOwned']): Verdict {
  if (!owners.known)
    return { allowed: false, reason: `who manages the target could not be read (${owners.reason})` };
  for (const { owner, evidence } of owners.value) {
    switch (owner) {
      case 'cloudformation':
      case 'terraform':
      case 'eksctl':
        if (writeOwned.includes(owner)) break;
        return {
          allowed: false,
          reason: `${owner} manages it (${evidence}): change it there, or allow it with fixes.writeOwned`,
        };
      case 'service':
      case 'podtrust':
        return {
          allowed: false,
          reason: `it belongs to ${owner === 'service' ? 'an AWS service' : 'podtrust itself'} (${evidence})`,
        };
      case 'addon':
        // Written through the add-on's own API (UpdateAddon).
        break;
    }
  }
  return { allowed: true };
}

/**
 * Who manages a resource, by its tags, for plans and for the guard alike: CloudFormation and eksctl tag what they make by
 * themselves (CloudFormation user guide, "Resource tags"; eksctl documentation, "Tags"), Terraform only where a team does
 * so. eksctl works through CloudFormation, so that it comes first.
 */
export function ownersByTags(tags: Readonly<Record<string, string>>): readonly Owner[] {
  return MARKS.flatMap(({ owner, is }) =>
    Object.entries(tags)
      .filter(([key, value]) => is(key, value))
      .map(([key, value]) => ({ owner, evidence: `tag ${key} = ${value}`.slice(0, 300) })),
  );
}

const MARKS: readonly {
  readonly owner: Owner['owner'];
  readonly is: (key: string, value: string) => boolean;
}[] = [
  { owner: 'eksctl', is: (key) => /^(?:alpha\.eksctl\.io|eksctl\.cluster\.k8s\.io)\//i.test(key) },
  { owner: 'cloudformation', is: (key) => /^aws:cloudformation:/i.test(key) },
  { owner: 'terraform', is: saysTerraform },
];

const TOOL = /terraform|terragrunt|opentofu|(?:^|[^a-z])tofu(?:$|[^a-z])/i;
const TOOL_KEY = /^tf(?:$|[:_/-])/i;
const MAKER =
  /^(?:managed|created|deployed|provisioned)[-_ ]?(?:by|with)$|^(?:provisioner|iac|tool|source)$/i;

function saysTerraform(key: string, value: string): boolean {
  const named = TOOL.test(key) || TOOL_KEY.test(key);
  return (named && !/^(?:false|no|0)$/i.test(value)) || (MAKER.test(key) && TOOL.test(value));
}
