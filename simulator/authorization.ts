import { type CompiledPolicy, compile } from '../shared/iam/compile.ts';
import { decide } from '../shared/iam/evaluate.ts';
import { parsePolicy } from '../shared/iam/parse.ts';
import type { Request } from '../shared/iam/request.ts';
import { issuerKey } from '../shared/identity/issuer.ts';
import type { Call } from './operation.ts';
import type { RoleSession } from './records/actor.ts';
import type { ClusterState, RoleState } from './state.ts';

/** One permission that a call needs. */
export interface Needed {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request, lower-cased. */
  readonly keys: Readonly<Record<string, string>>;
}

type Input = Readonly<Record<string, unknown>>;

/**
 * What a session that was opened with a policy is refused, or null. Both must allow a call: the session's policy and, if
 * it has any, those of its role (IAM user guide, "Session policies"). Sessions without one may do anything here.
 */
export function refusedBySession(
  call: Call,
  prefix: string,
  operation: string,
  input: object,
): Needed | null {
  const { actor } = call;
  if (actor.kind !== 'role-session' || actor.policy === undefined) return null;
  const session = compiled(actor.policy);
  const role = rolePolicies(call, actor);
  const needed = neededFor(call, prefix, operation, { ...input });
  return (
    needed.find((one) => !allows([session], one, actor) || (role.length > 0 && !allows(role, one, actor))) ??
    null
  );
}

const cache = new Map<string, CompiledPolicy>();

function compiled(text: string): CompiledPolicy {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const { policy } = parsePolicy(text, 'identity');
  const made = compile(policy ?? { version: '2012-10-17', statements: [] });
  cache.set(text, made);
  return made;
}

function rolePolicies({ account }: Call, { roleName }: RoleSession): CompiledPolicy[] {
  const role: RoleState | undefined = account.iam.live.roles.get(roleName.toLowerCase());
  const attached = (role?.attached ?? []).map((arn) => {
    const policy = account.iam.live.policies.get(arn);
    return policy?.versions.get(policy.defaultVersion)?.document;
  });
  const documents = [...(role?.inline.values() ?? []), ...attached];
  return documents.flatMap((text) => (text === undefined ? [] : [compiled(text)]));
}

/** Several policies are one: any may allow, and any may deny. */
function allows(policies: readonly CompiledPolicy[], needed: Needed, actor: RoleSession): boolean {
  const request: Request = {
    caller: { kind: 'aws', arn: actor.roleArn, account: actor.account },
    action: needed.action,
    resource: needed.resource,
    context: (key) => {
      const value = needed.keys[key];
      return value === undefined ? 'absent' : [value];
    },
  };
  const one = compile({
    version: '2012-10-17',
    statements: policies.flatMap(({ policy }) => policy.statements),
  });
  return decide(one, request) === 'allowed';
}

/**
 * What a call asks for, by the service authorization reference of IAM and EKS, for the calls that changes make; of any
 * other its own action on everything.
 */
export function neededFor(call: Call, prefix: string, operation: string, input: Input): Needed[] {
  const own = `${prefix}:${operation}`;
  const keys = conditionKeys(input);
  const needs = (action: string, resource: string): Needed => ({ action, resource, keys });
  if (prefix === 'iam') return [needs(own, iamResource(call, input))];
  if (prefix !== 'eks') return [needs(own, '*')];
  const passed = rolesIn(input).flatMap((role) => [needs('iam:GetRole', role), needs('iam:PassRole', role)]);
  const tags =
    input['tags'] === undefined ? [] : [needs('eks:TagResource', ownResource(call, operation, input))];
  const owned =
    input['podIdentityAssociations'] === undefined
      ? []
      : [needs('eks:CreatePodIdentityAssociation', clusterArn(call, input))];
  return [needs(own, eksResource(call, operation, input)), ...passed, ...tags, ...owned];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function conditionKeys(input: Input): Record<string, string> {
  const mode = input['accessConfig'];
  const found: Record<string, unknown> = {
    'eks:principalarn': input['principalArn'],
    'eks:policyarn': input['policyArn'],
    'eks:authenticationmode':
      typeof mode === 'object' && mode !== null && 'authenticationMode' in mode
        ? mode.authenticationMode
        : undefined,
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

function iamResource({ account }: Call, input: Input): string {
  const base = `arn:${account.partition}:iam::${account.id}`;
  if (typeof input['OpenIDConnectProviderArn'] === 'string') return input['OpenIDConnectProviderArn'];
  if (typeof input['Url'] === 'string') return `${base}:oidc-provider/${issuerKey(input['Url'])}`;
  const name = text(input['RoleName']);
  if (name === '') return '*';
  return account.iam.live.roles.get(name.toLowerCase())?.arn ?? `${base}:role/${name}`;
}

const eksBase = ({ account, region }: Call): string =>
  `arn:${account.partition}:eks:${region.name}:${account.id}`;

const nameOf = (input: Input): string => text(input['clusterName'] ?? input['name']);

const clusterArn = (call: Call, input: Input): string => `${eksBase(call)}:cluster/${nameOf(input)}`;

/** What a creation will have made, whose id nobody knows yet. */
function ownResource(call: Call, operation: string, input: Input): string {
  const type = operation.includes('AccessEntry') ? 'access-entry' : 'podidentityassociation';
  return `${eksBase(call)}:${type}/${nameOf(input)}/new`;
}

function eksResource(call: Call, operation: string, input: Input): string {
  const base = eksBase(call);
  const name = nameOf(input);
  const cluster: ClusterState | undefined = call.region.clusters.get(name);
  if (operation.startsWith('Create') || operation === 'ListPodIdentityAssociations')
    return clusterArn(call, input);
  if (typeof input['associationId'] === 'string')
    return `${base}:podidentityassociation/${name}/${input['associationId']}`;
  if (typeof input['addonName'] === 'string') {
    const addon = cluster?.addons.get(input['addonName']);
    return addon?.addonArn ?? `${base}:addon/${name}/${input['addonName']}/none`;
  }
  if (typeof input['principalArn'] === 'string') {
    const entry = cluster?.entries.get(input['principalArn'])?.entry;
    return entry?.accessEntryArn ?? `${base}:access-entry/${name}/none`;
  }
  return clusterArn(call, input);
}

function rolesIn(input: Input): string[] {
  const listed = input['podIdentityAssociations'];
  const owned = Array.isArray(listed) ? listed.map(({ roleArn }) => text(roleArn)) : [];
  const roles = [text(input['serviceAccountRoleArn']), text(input['roleArn']), ...owned];
  return [...new Set(roles.filter((role) => role !== ''))];
}
