import { type ArnParts, PARTITIONS, roleArn, splitArn } from './arn.ts';
import { lowerCase } from './lower-case.ts';
import type { AwsAuthRow } from './parsed.ts';
import type { AwsAuthProblem } from './problem.ts';

type ArnProblem = Extract<AwsAuthProblem, { arn: string } | { kind: 'wrong-account' }>;

/** Why nobody, or not who seems to be meant, gets a row by its ARN; letters' case does not matter. */
export function arnProblem({ arn }: Pick<AwsAuthRow, 'arn'>): ArnProblem | undefined {
  const parts = splitArn(lowerCase(arn));
  if ('invalid' in parts) {
    return { kind: 'not-an-arn', effect: 'row-lost', arn, reason: parts.invalid };
  }
  if (/\s/.test(arn)) {
    return { kind: 'not-an-arn', effect: 'row-lost', arn, reason: 'it contains white space' };
  }
  if (arn.includes('*')) {
    return { kind: 'wildcard', effect: 'row-lost', arn };
  }
  if (!PARTITIONS.has(parts.partition)) {
    return { kind: 'unknown-partition', effect: 'row-lost', arn, partition: parts.partition };
  }
  if (!/^\d{12}$/.test(parts.account)) {
    return { kind: 'wrong-account', effect: 'row-lost', account: parts.account };
  }
  return resourceProblem(arn, parts);
}

function resourceProblem(arn: string, parts: ArnParts): ArnProblem | undefined {
  // Names keep the case in which they were written.
  const [type = '', ...names] = splitResource(arn);
  switch (`${parts.service} ${lowerCase(type)}`) {
    case 'iam role': {
      const name = names.filter((part) => part !== '').at(-1);
      if (name === undefined) {
        return { kind: 'not-an-identity', effect: 'row-lost', arn, resource: parts.resource };
      }
      const meant = roleArn(parts, name);
      return names.length === 1
        ? regionProblem(arn, parts)
        : { kind: 'role-path', effect: 'row-lost', arn, meant };
    }
    case 'sts assumed-role':
      return { kind: 'assumed-role', effect: 'row-lost', arn, meant: roleArn(parts, names[0] ?? '') };
    case 'iam root':
      return { kind: 'root', effect: 'none', arn };
    case 'iam user':
      return names.join('') === ''
        ? { kind: 'not-an-identity', effect: 'row-lost', arn, resource: parts.resource }
        : regionProblem(arn, parts);
    case 'sts federated-user':
      return undefined;
    default:
      return { kind: 'not-an-identity', effect: 'row-lost', arn, resource: parts.resource };
  }
}

function splitResource(arn: string): readonly string[] {
  const parts = splitArn(arn.replace(/^arn/i, 'arn'));
  return 'invalid' in parts ? [] : parts.resource.split('/');
}

function regionProblem(arn: string, { region }: ArnParts): ArnProblem | undefined {
  return region === ''
    ? undefined
    : { kind: 'not-an-arn', effect: 'row-lost', arn, reason: 'ARNs of IAM have no region' };
}
