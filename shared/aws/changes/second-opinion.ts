import {
  type AccessAnalyzerClient,
  CheckNoNewAccessCommand,
  paginateValidatePolicy,
} from '@aws-sdk/client-accessanalyzer';
import type { Plan } from '../../changes/plan.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { failureReason } from '../failure-reason.ts';

/** What asking IAM Access Analyzer needs, in the account that plans; both calls are about documents, not resources. */
export const secondOpinionPermissions: readonly Permission[] = [
  { actions: ['access-analyzer:CheckNoNewAccess', 'access-analyzer:ValidatePolicy'], on: 'account' },
];

/** Asks somebody else about a plan, and gives what speaks against it; nothing that it says makes a plan better. */
export type SecondOpinion = (plan: Plan) => Promise<readonly string[]>;

/**
 * IAM Access Analyzer's word on each trust policy that a plan writes: errors of the document, and, where the plan claims
 * to let nobody in anew, whether it agrees (Access Analyzer API reference, ValidatePolicy and CheckNoNewAccess; the
 * second is charged for). What cannot be asked speaks against the plan, too. Never throws.
 */
export function accessAnalyzer(client: AccessAnalyzerClient): SecondOpinion {
  return async (plan) => {
    const reasons: string[] = [];
    for (const change of plan.changes) {
      if (change.kind !== 'trust-policy' || change.after === null) continue;
      const { arn } = change.target;
      const about = (words: string) =>
        `IAM Access Analyzer on the trust policy of ${arn}: ${words}`.slice(0, 4000);
      try {
        for (const error of await errorsOf(client, change.after)) reasons.push(about(error));
        if (!plan.proof.adds && change.before !== null) {
          const words = await newAccess(client, change.before, change.after);
          if (words !== null) reasons.push(about(words));
        }
      } catch (error) {
        reasons.push(about(`what it says is unknown, since it could not be asked (${failureReason(error)})`));
      }
    }
    return reasons;
  };
}

/** More than a policy of 8,192 characters has errors. */
const MOST_PAGES = 100;

async function errorsOf(client: AccessAnalyzerClient, policyDocument: string): Promise<string[]> {
  const errors: string[] = [];
  const pages = paginateValidatePolicy(
    { client },
    {
      policyDocument,
      policyType: 'RESOURCE_POLICY',
      validatePolicyResourceType: 'AWS::IAM::AssumeRolePolicyDocument',
    },
  );
  let number = 0;
  for await (const { findings = [] } of pages) {
    number += 1;
    if (number > MOST_PAGES) throw new Error('malformed answer: the list does not end');
    for (const { findingType, issueCode, findingDetails } of findings)
      if (findingType === 'ERROR') errors.push(`${issueCode}: ${findingDetails}`);
  }
  return errors;
}

/** Why it says that somebody gets in anew, or null when it says that nobody does. */
async function newAccess(
  client: AccessAnalyzerClient,
  before: string,
  after: string,
): Promise<string | null> {
  const { result, message = '' } = await client.send(
    new CheckNoNewAccessCommand({
      existingPolicyDocument: before,
      newPolicyDocument: after,
      policyType: 'RESOURCE_POLICY',
    }),
  );
  return result === 'PASS' ? null : `somebody gets in anew, ${result ?? 'without an answer'}: ${message}`;
}
