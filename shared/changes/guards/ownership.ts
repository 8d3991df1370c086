import type { Fixes } from '../../config/fixes.ts';
import type { Verdict } from '../apply.ts';
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
 * Who manages a resource, by its tags: CloudFormation and eksctl tag what they make by themselves (CloudFormation user
 * guide, "Resource tags"; eksctl documentation, "Tags"), Terraform only where a team does so.
 */
export function ownersByTags(tags: Readonly<Record<string, string>>): readonly Owner[] {
  const owners: Owner[] = [];
  for (const [key, value] of Object.entries(tags)) {
    const evidence = `tag ${key}=${value}`.slice(0, 300);
    if (/^aws:cloudformation:/i.test(key)) owners.push({ owner: 'cloudformation', evidence });
    if (/^(?:alpha\.eksctl\.io|eksctl\.cluster\.k8s\.io)\//i.test(key))
      owners.push({ owner: 'eksctl', evidence });
    if (saysTerraform(key, value)) owners.push({ owner: 'terraform', evidence });
  }
  return owners;
}

const TOOL = /terraform|terragrunt|opentofu|(?:^|[^a-z])tofu(?:$|[^a-z])/i;
const MAKER =
  /^(?:managed|created|deployed|provisioned)[-_ ]?(?:by|with)$|^(?:provisioner|iac|tool|source)$/i;

function saysTerraform(key: string, value: string): boolean {
  return (TOOL.test(key) && !/^(?:false|no|0)$/i.test(value)) || (MAKER.test(key) && TOOL.test(value));
}
