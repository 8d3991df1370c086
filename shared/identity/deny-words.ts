import type { CompiledPolicy } from '../iam/compile.ts';
import type { Request } from '../iam/request.ts';

/**
 * Why a Deny hits a request that it was hardly meant for, to follow what is said of it: a negated operator, `IfExists` and
 * `Null` hold where the key is absent (IAM user guide, Reference: condition operators). Empty where no condition does so.
 */
export function denyWords({ statements }: CompiledPolicy, index: number, request: Request): string {
  const deny = statements.find(({ statement }) => statement.index === index);
  const held = (deny?.conditions ?? []).filter(({ key }) => request.context(key) === 'absent');
  const written = held.map(({ condition: { operator, key } }) => `${operator.written} ${key}`);
  if (written.length === 0) return '';
  return `: ${written.join(' and ')} ${written.length === 1 ? 'holds' : 'hold'}, since the request does not carry ${written.length === 1 ? 'that key' : 'those keys'}`;
}
