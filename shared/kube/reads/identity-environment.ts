import type { V1Container, V1EnvFromSource, V1EnvVar } from '@kubernetes/client-node';
import type { Container } from '../../estate/kubernetes-schema.ts';
import { redact } from '../../estate/redact.ts';

type Variable = Container['env'][number];

/** Variables that decide over credentials and whose values are no secrets (AWS SDKs and tools reference guide, settings). */
const OPEN: ReadonlySet<string> = new Set([
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_STS_REGIONAL_ENDPOINTS',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_SDK_LOAD_CONFIG',
  'NO_PROXY',
  'no_proxy',
]);
/** Variables of which only that they are there is kept. */
const SECRET: ReadonlySet<string> = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
]);
/** Addresses, which may hold a user's name and password. */
const ADDRESSES: ReadonlySet<string> = new Set([
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'ALL_PROXY',
  'all_proxy',
]);
const NAMES: ReadonlySet<string> = new Set([...OPEN, ...SECRET, ...ADDRESSES]);

/** Kubernetes takes more; what does not fit is left out whole, so that no half of a value is taken for it. */
const LONGEST = 2048;
const MOST = 64;

/** What of a container's environment decides over AWS credentials; of a name that stands twice the last counts. */
export function identityEnvironment({ env, envFrom }: V1Container): Pick<Container, 'env' | 'envFrom'> {
  const variables = new Map<string, Variable>();
  for (const one of env ?? []) if (NAMES.has(one.name)) variables.set(one.name, variableOf(one));
  const sources = (envFrom ?? []).filter(mayNameOne).map(kindOf).slice(0, 16);
  return {
    env: [...variables.values()].slice(0, MOST),
    ...(sources.length === 0 ? {} : { envFrom: [...new Set(sources)] }),
  };
}

function variableOf({ name, value, valueFrom }: V1EnvVar): Variable {
  const from = valueFrom === undefined ? undefined : originOf(valueFrom);
  if (from !== undefined) return { name, from, ...(isOptional(valueFrom) ? { optional: true } : {}) };
  if (SECRET.has(name)) return value === '' ? { name, value: '' } : { name };
  const text = ADDRESSES.has(name) ? withoutUser(value ?? '') : redact(value ?? '');
  return text.length > LONGEST ? { name } : { name, value: text };
}

function originOf(from: NonNullable<V1EnvVar['valueFrom']>): Variable['from'] {
  if (from.secretKeyRef !== undefined) return 'secret';
  if (from.configMapKeyRef !== undefined) return 'config-map';
  return from.fieldRef === undefined ? 'resource' : 'field';
}

/** Charts set keys from a Secret that need not exist (the EBS CSI driver's): without it there is no variable. */
function isOptional(from: V1EnvVar['valueFrom']): boolean {
  return from?.secretKeyRef?.optional === true || from?.configMapKeyRef?.optional === true;
}

/** An address without the user and password in it. */
function withoutUser(address: string): string {
  return redact(address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i, '$1'));
}

/** A prefix that begins none of the names cannot make one. */
function mayNameOne({ prefix = '' }: V1EnvFromSource): boolean {
  return prefix === '' || [...NAMES].some((name) => name.startsWith(prefix));
}

const kindOf = ({ secretRef }: V1EnvFromSource): 'secret' | 'config-map' =>
  secretRef === undefined ? 'config-map' : 'secret';
