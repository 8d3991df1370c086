import type { Estate } from '../../estate/estate.ts';
import type { Finding } from '../../findings/finding.ts';
import { parsePolicy } from '../../iam/parse.ts';
import { isServiceLinked } from '../../rules/doors/role-kinds.ts';
import { type Draft, declined } from '../draft.ts';

/** The way back from an edit that let somebody in: the trust policy that was there before, byte for byte. */
export function draftRestore({ role: arn, evidence }: Finding, estate: Estate): Draft {
  const role = estate.roleByArn.get(arn ?? '');
  const { baseline } = evidence;
  if (role === undefined) return declined(`The role ${arn ?? ''} is not in what was read.`);
  if (typeof baseline !== 'string')
    return declined(
      'The trust policy from before the change was not kept, so that there is nothing to restore.',
    );
  if (isServiceLinked(role))
    return declined(`${role.role.arn} belongs to a service of AWS, which alone changes it.`);
  if (parsePolicy(baseline, 'trust').policy === null)
    return declined('IAM would refuse the trust policy from before the change.');
  if (role.role.trustPolicy === baseline) return declined('The trust policy says so already.');
  return {
    kind: 'draft',
    title: `Restore the trust policy of ${role.name} from before the change that let others in.`,
    wish: `the trust policy of ${role.role.arn} as it was read before the change`,
    changes: [
      {
        kind: 'trust-policy',
        target: { account: role.account.id, arn: role.role.arn },
        before: role.role.trustPolicy,
        after: baseline,
      },
    ],
    notes: ['Every edit of this trust policy since then is undone with it, those that were meant included.'],
  };
}
