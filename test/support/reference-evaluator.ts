import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Caller, ContextValue } from '../../shared/iam/request.ts';

/**
 * A second, naive evaluation of trust policies, written from the IAM user guide over the raw JSON: regular expressions,
 * `Date.parse`, `net.BlockList`. It judges requests without unknown values, and the evaluator of the product must agree.
 */

type Json = Readonly<Record<string, unknown>>;

export interface Question {
  readonly caller: Caller;
  readonly action: string;
  readonly values: ReadonlyMap<string, ContextValue>;
}

/** `open` where the documentation leaves the answer open: an ARN of `*`, a session that is not known, half an exemption. */
class Open extends Error {}

export function judge(document: Json, question: Question): 'allowed' | 'denied' | 'open' {
  let allowed = false;
  let open = false;
  for (const statement of list(document['Statement']) as Json[]) {
    try {
      if (!applies(statement, question, document['Version'] === '2012-10-17')) continue;
      if (statement['Effect'] === 'Deny') return 'denied';
      allowed = true;
    } catch (error) {
      if (!(error instanceof Open)) throw error;
      open = true;
    }
  }
  if (open) return 'open';
  return allowed ? 'allowed' : 'denied';
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function applies(statement: Json, question: Question, variables: boolean): boolean {
  const action = list(statement['Action'] ?? statement['NotAction']).some((pattern) =>
    like(String(pattern).toLowerCase(), question.action.toLowerCase()),
  );
  if (action !== 'Action' in statement) return false;
  for (const [operator, keys] of Object.entries((statement['Condition'] ?? {}) as Record<string, Json>)) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (!met(operator, key, list(wanted).map(String), question, variables)) return false;
    }
  }
  return 'Principal' in statement
    ? names(statement['Principal'], question.caller)
    : exempts(statement['NotPrincipal'], question.caller);
}

function names(principal: unknown, caller: Caller): boolean {
  const map = (principal === '*' ? { AWS: '*' } : principal) as Json;
  if (list(map['AWS']).includes('*')) return true;
  if (caller.kind === 'service') return list(map['Service']).includes(caller.service);
  if (caller.kind === 'federated')
    return list(map['Federated']).some((one) => one === '*' || one === caller.provider);
  const aws = list(map['AWS']);
  if (aws.includes(caller.account) || aws.includes(caller.arn)) return true;
  if (caller.sessionArn === undefined && aws.some((one) => sessionOf(one, caller.arn))) throw new Open();
  return aws.includes(caller.sessionArn ?? 'none');
}

function exempts(principal: unknown, caller: Caller): boolean {
  const map = (principal === '*' ? { AWS: '*' } : principal) as Json;
  if (list(map['AWS']).includes('*')) return false;
  if (caller.kind !== 'aws') return !names(principal, caller);
  const account = list(map['AWS']).includes(caller.account);
  const exact = list(map['AWS']).some((one) => one === caller.arn || one === caller.sessionArn);
  if (account !== exact) throw new Open();
  if (!exact && caller.sessionArn === undefined && list(map['AWS']).some((one) => sessionOf(one, caller.arn)))
    throw new Open();
  return !exact;
}

function sessionOf(one: unknown, arn: string): boolean {
  const role = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn);
  return role !== null && String(one).startsWith(`arn:aws:sts::${role[1]}:assumed-role/${role[2]}/`);
}

function met(
  written: string,
  key: string,
  wanted: string[],
  question: Question,
  variables: boolean,
): boolean {
  const [, set, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  const value = question.values.get(key.toLowerCase()) ?? 'absent';
  const actual = Array.isArray(value) ? value.map(String) : [];
  if (name === 'Null') return wanted.some((one) => one.toLowerCase() === String(actual.length === 0));
  const negated = name.includes('Not');
  if (actual.length === 0)
    return ifExists !== undefined || set === 'ForAllValues' || (negated && set === undefined);
  const plain = name.replace('Not', '');
  const results = actual.map((one) => {
    const hits = wanted.map((other) => attempt(plain, other, one, question, variables));
    if (hits.includes(true)) return !negated;
    if (hits.includes(null)) return null;
    return negated;
  });
  const all = set === 'ForAllValues' || (set === undefined && negated);
  if (results.includes(!all)) return !all;
  if (results.includes(null)) throw new Open();
  return all;
}

/** Whether one value matches, or null where the documentation leaves it open. */
function attempt(
  name: string,
  wanted: string,
  actual: string,
  question: Question,
  variables: boolean,
): boolean | null {
  if (/^(?:String|Arn|Bool)/.test(name) && variables) {
    const filled = substitute(wanted, question);
    return filled === null ? false : compare(name, filled, actual);
  }
  return compare(name, wanted, actual);
}

/** Characters that stand for escaped ones until the pattern is built. */
const ESCAPED: Readonly<Record<string, string>> = { '*': '\uE000', '?': '\uE001', $: '\uE002' };
const UNESCAPED: Readonly<Record<string, string>> = { '\uE000': '*', '\uE001': '?', '\uE002': '$' };

function substitute(text: string, question: Question): string | null {
  let missing = false;
  const filled = text
    .replace(/\$\{([*?$])\}/g, (_, one) => ESCAPED[one] ?? '')
    .replace(/\$\{([^,}]+)(?:,\s*'([^']*)')?\}/g, (_, key: string, fallback: string | undefined) => {
      const value = question.values.get(key.toLowerCase()) ?? 'absent';
      const only = Array.isArray(value) && value.length === 1 ? String(value[0]) : fallback;
      if (only === undefined) missing = true;
      return (only ?? '').replace(/[*?$]/g, (one) => ESCAPED[one] ?? '');
    });
  return missing ? null : filled;
}

function restore(text: string): string {
  return text.replace(/[\uE000-\uE002]/g, (one) => UNESCAPED[one] ?? '');
}

function like(pattern: string, text: string): boolean {
  const source = [...pattern].map((one) =>
    one === '*' ? '[^]*' : one === '?' ? '[^]' : restore(one).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`).test(text);
}

function compare(name: string, wanted: string, actual: string): boolean | null {
  if (name === 'StringEquals') return restore(wanted) === actual;
  if (name === 'StringEqualsIgnoreCase') return restore(wanted).toLowerCase() === actual.toLowerCase();
  if (name === 'StringLike') return like(wanted, actual);
  if (name === 'Bool')
    return /^(?:true|false)$/i.test(actual) && restore(wanted).toLowerCase() === actual.toLowerCase();
  if (name === 'BinaryEquals')
    return Buffer.from(actual, 'base64').toString('base64') === actual && wanted === actual;
  if (name.startsWith('Arn')) return /^\*+$/.test(wanted) ? null : likeArn(wanted, actual);
  if (name.startsWith('Numeric')) return ordered(name.slice(7), number(actual), number(wanted));
  if (name.startsWith('Date')) return ordered(name.slice(4), date(actual), date(wanted));
  return name === 'IpAddress' && within(wanted, actual);
}

function likeArn(wanted: string, actual: string): boolean {
  const split = (text: string) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text)?.slice(1);
  const texts = split(actual);
  return (
    split(wanted)?.every((pattern, index) => texts !== undefined && like(pattern, texts[index] ?? '')) ??
    false
  );
}

function number(text: string): number {
  return text === '' || Number.isNaN(Number(text)) ? Number.NaN : Number(text);
}

function date(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
}

function ordered(relation: string, actual: number, wanted: number): boolean {
  if (relation === 'Equals') return actual === wanted;
  if (relation === 'LessThan') return actual < wanted;
  if (relation === 'LessThanEquals') return actual <= wanted;
  return relation === 'GreaterThan' ? actual > wanted : actual >= wanted;
}

function within(wanted: string, actual: string): boolean {
  const [network = '', prefix] = wanted.split('/');
  const [address = '', width] = actual.split('/');
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  if (!isIPv4(network) && !isIPv6(network)) return false;
  if (family === 'ipv4' ? !isIPv4(address) : !isIPv6(address)) return false;
  const bits = Number(prefix ?? (family === 'ipv4' ? 32 : 128));
  if (width !== undefined && Number(width) < bits) return false;
  const block = new BlockList();
  block.addSubnet(new SocketAddress({ address: network, family }), bits);
  return block.check(address, family);
}
