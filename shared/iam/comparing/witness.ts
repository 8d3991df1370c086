import type { AssumeAction } from '../assume-actions.ts';
import type { Witness } from '../comparison.ts';
import type { PrincipalKind } from '../policy.ts';
import type { Caller } from '../request.ts';
import type { Arena } from './arena.ts';
import { actionsOf, type CallerClass } from './callers.ts';
import { NAMESPACE_TAG, PRINCIPAL_ARN, SERVICE_ACCOUNT_TAG, SOURCE_ARN } from './domains.ts';
import { awsCaller } from './principal-test.ts';
import type { Mask } from './search.ts';
import type { World } from './worlds.ts';

/** Which way the policies differ. */
export type Direction = 'gained' | 'lost';

/** The most readable call among those that the masks leave. */
export function witnessOf(
  arena: Arena,
  action: AssumeAction,
  masks: readonly Mask[],
  direction: Direction,
): Witness {
  const context: Record<string, string> = {};
  const chosen: World[] = [];
  arena.variables.forEach((variable, number) => {
    const world = bestWorld(variable.worlds, masks[number] ?? 0n);
    if (world === undefined) return;
    chosen.push(world);
    if (world.value === null || variable.key.startsWith('(')) return;
    context[variable.key] = world.value;
    for (const [key, part] of variable.parts) context[key] = part.extract(world.value);
  });
  const caller = callerOf(arena.callers, context);
  const assuming = [...new Set(chosen.flatMap((world) => world.assuming))];
  const lifelike = chosen.every((world) => world.lifelike);
  const who = describeCaller(arena.callers, caller, context) + describeAction(arena.callers, action);
  return {
    caller: nameOf(caller),
    kind: KINDS[caller.kind],
    ...(caller.kind === 'aws' && caller.sessionArn !== undefined ? { session: caller.sessionArn } : {}),
    action,
    context,
    text: sentence(who, direction, assuming, lifelike),
    assuming,
    lifelike,
  };
}

const KINDS: Readonly<Record<Caller['kind'], PrincipalKind>> = {
  federated: 'Federated',
  service: 'Service',
  aws: 'AWS',
};

function bestWorld(worlds: readonly World[], mask: Mask): World | undefined {
  const left = worlds.filter((_, number) => (mask >> BigInt(number)) & 1n);
  return left.reduce<World | undefined>(
    (best, world) => (best === undefined || world.rank < best.rank ? world : best),
    undefined,
  );
}

function callerOf(callers: CallerClass, context: Readonly<Record<string, string>>): Caller {
  return callers.kind === 'aws' ? awsCaller(context[PRINCIPAL_ARN] ?? '') : callers.caller;
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'federated') return caller.provider;
  return caller.kind === 'service' ? caller.service : caller.arn;
}

function sentence(who: string, direction: Direction, assuming: readonly string[], lifelike: boolean): string {
  const change =
    direction === 'gained'
      ? `admits ${who}, which the old policy refused`
      : `refuses ${who}, which the old policy admitted`;
  const provided = assuming.length === 0 ? '' : `, provided that these are met: ${assuming.join('; ')}`;
  return `${change}${provided}${lifelike ? '' : ' (no real caller has these values)'}`;
}

function describeCaller(
  callers: CallerClass,
  caller: Caller,
  context: Readonly<Record<string, string>>,
): string {
  if (callers.kind === 'web-identity') {
    const [sub, aud] = [`${callers.issuer}:sub`, `${callers.issuer}:aud`];
    const issuer = callers.caller.kind === 'federated' ? issuerOf(callers.caller.provider) : callers.issuer;
    const details = rest(context, [sub, aud]);
    return `${quote(context[sub] ?? '')} of ${issuer} (audience ${quote(context[aud] ?? '')}${details === '' ? '' : `, ${details}`})`;
  }
  if (callers.kind === 'pods') return describePods(context, callers.tags);
  const known = callers.kind === 'aws' ? [PRINCIPAL_ARN, 'aws:principalaccount'] : [];
  const details = rest(context, known);
  const session = callers.kind === 'session' ? ` in session ${callers.caller.sessionArn}` : '';
  return `${nameOf(caller)}${session}${details === '' ? '' : ` with ${details}`}`;
}

function describePods(context: Readonly<Record<string, string>>, tags: boolean): string {
  const known = [SOURCE_ARN, NAMESPACE_TAG, SERVICE_ACCOUNT_TAG, ...PARTS_OF_SOURCE];
  const details = rest(context, known);
  const pod = tags
    ? `ServiceAccount ${quote(context[NAMESPACE_TAG] ?? '')}/${quote(context[SERVICE_ACCOUNT_TAG] ?? '')}`
    : 'any ServiceAccount without session tags';
  return `Pod Identity for ${pod} of ${context[SOURCE_ARN] ?? 'any cluster'}${details === '' ? '' : ` with ${details}`}`;
}

const PARTS_OF_SOURCE = [
  'aws:sourceaccount',
  'aws:resourceaccount',
  'aws:requesttag/eks-cluster-arn',
  'aws:requesttag/eks-cluster-name',
];

function issuerOf(provider: string): string {
  const at = provider.indexOf(':oidc-provider/');
  return at < 0 ? provider : provider.slice(at + ':oidc-provider/'.length);
}

/** The first action of a class is what assuming means for it; others are worth a word. */
function describeAction(callers: CallerClass, action: AssumeAction): string {
  return actionsOf(callers)[0] === action ? '' : ` by ${action}`;
}

function rest(context: Readonly<Record<string, string>>, known: readonly string[]): string {
  return Object.entries(context)
    .filter(([key]) => !known.includes(key))
    .map(([key, value]) => `${key} = ${quote(value)}`)
    .join(', ');
}

/** Ordinary values as they are, odd ones quoted and escaped. */
function quote(value: string): string {
  return /^[\w:./@+=,-]+$/.test(value) ? value : JSON.stringify(value);
}
