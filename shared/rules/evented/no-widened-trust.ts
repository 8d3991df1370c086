import { BEST_PRACTICES, IRSA_ROLE, PRINCIPAL } from '../references.ts';
import type { PipelineRule } from './pipeline-rule.ts';

/** A trust edit admitted identities that were not admitted before. */
export const noWidenedTrust: PipelineRule = {
  number: 'PT-480',
  name: 'no-widened-trust',
  kind: 'open',
  fix: 'guarded',
  title: 'A change of the trust policy admits identities that it did not admit before',
  why: 'Most ways into a role that nobody meant to open begin with an edit of its trust policy: a wildcard, another issuer, a whole account. The edit is valid JSON, and every pod goes on working, so nothing else tells.',
  remedy:
    'Restore the trust policy in the evidence (baseline), or declare the ServiceAccounts that are meant to have the role under bindings in podtrust.config.json.',
  verdicts:
    'The trust policy before the change, from the newest kept snapshot that cannot show the change, is compared with the live one as sets of identities. It fails when somebody is admitted now who was not before; ServiceAccounts that the configuration declares for the role do not count. While it is open, the live policy is compared with that same baseline, so that restoring it resolves the finding and a second widening changes it. A new role has no before, and passes. Undecided when no snapshot from before the change is kept, when the role could not be read, or when the policies cannot be compared for certain.',
  references: [IRSA_ROLE, PRINCIPAL, BEST_PRACTICES],
};
