/** Whether a managed policy is AWS's own, the same for all accounts: `arn:aws:iam::aws:policy/…` (IAM user guide, AWS managed policies). */
export const isOwnedByAws = (arn: string): boolean => /^arn:[^:]*:iam::aws:/.test(arn);
