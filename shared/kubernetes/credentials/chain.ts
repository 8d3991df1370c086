/** Which credentials the default chains of the AWS SDKs take in a container (AWS SDKs and Tools reference guide; docs/pods.md). */
import type { Container } from '../../estate/kubernetes-schema.ts';
import { type Presence, presence } from './variables.ts';

/** Where credentials come from; `nobody`: the SDK stops with an error. */
export type Source =
  | 'static-keys'
  | 'shared-files'
  | 'web-identity'
  | 'container'
  | 'instance-metadata'
  | 'nobody';

export type Winner =
  | { readonly kind: 'certain'; readonly source: Source; readonly because: string }
  /** `sdk`: the SDKs differ. `files`: what is in configuration files decides. `optional`: whether a Secret exists. */
  | {
      readonly kind: 'depends';
      readonly on: 'sdk' | 'files' | 'optional';
      readonly sources: readonly Source[];
      readonly because: string;
    };

const KEY = 'AWS_ACCESS_KEY_ID';
const SECRET = 'AWS_SECRET_ACCESS_KEY';
const FILES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'];
const TOKEN = 'AWS_WEB_IDENTITY_TOKEN_FILE';
const ROLE = 'AWS_ROLE_ARN';
const URIS = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];

/**
 * The credentials that an SDK with its default chain ends up with: keys in variables, shared files, web identity,
 * container credentials, instance metadata, in this order. What code sets itself is not seen.
 */
export function winner(container: Container): Winner {
  const keys = keysIn(container);
  const files = filesOf(container);
  const after = remoteSource(container);
  if (keys.pair === 'set') {
    const because = `${KEY} and ${SECRET} are set`;
    if (files === undefined || !files.endsWith('PROFILE'))
      return { kind: 'certain', source: 'static-keys', because };
    return {
      kind: 'depends',
      on: 'sdk',
      sources: ['static-keys', 'shared-files'],
      because: `${because} beside ${files}: the SDK for JavaScript takes the profile, others the keys`,
    };
  }
  if (keys.pair === 'maybe') {
    const because = `${KEY} comes from a Secret or ConfigMap that may be absent`;
    return { kind: 'depends', on: 'optional', sources: ['static-keys', after.source], because };
  }
  if (keys.alone) {
    const because = `${KEY} is set without ${SECRET}: the SDK for Python and the AWS CLI stop with an error, others pass it over`;
    return { kind: 'depends', on: 'sdk', sources: ['nobody', after.source], because };
  }
  if (files !== undefined) {
    const because = `${files.startsWith('/') ? `a volume is mounted at ${files}` : `${files} is set`}: what the files say, which are not read, may come first`;
    return { kind: 'depends', on: 'files', sources: ['shared-files', after.source], because };
  }
  return after.depends ?? { kind: 'certain', source: after.source, because: after.because };
}

/** The variable or the mount that leads to shared configuration files, of which only that they may be there is known. */
function filesOf(container: Container): string | undefined {
  const named = FILES.find((name) => presence(container, name) !== 'unset');
  return named ?? container.mounts?.find((path) => /\/\.aws(?:\/|$)/.test(path));
}

/** Both keys, one that may be absent, or the first alone; the second alone is passed over by every SDK. */
function keysIn(container: Container): { pair: Presence; alone: boolean } {
  const [key, secret] = [presence(container, KEY), presence(container, SECRET)];
  if (key === 'unset') return { pair: 'unset', alone: false };
  if (secret !== 'unset') {
    return { pair: key === 'set' && secret === 'set' ? 'set' : 'maybe', alone: false };
  }
  const elsewhere = (container.envFrom?.length ?? 0) > 0;
  return { pair: elsewhere ? 'maybe' : 'unset', alone: !elsewhere && key === 'set' };
}

interface Remote {
  readonly source: Source;
  readonly because: string;
  readonly depends?: Winner;
}

/** What comes after keys and files. */
function remoteSource(container: Container): Remote {
  const token = presence(container, TOKEN) !== 'unset';
  const role = presence(container, ROLE) !== 'unset';
  if (token && role) return { source: 'web-identity', because: `${TOKEN} and ${ROLE} are set` };
  const uri = URIS.find((name) => presence(container, name) !== 'unset');
  const next: Remote =
    uri === undefined ? metadata(container) : { source: 'container', because: `${uri} is set` };
  if (!token) return next;
  const because = `${TOKEN} is set without ${ROLE}: some SDKs stop with an error, others go on`;
  return {
    ...next,
    depends: { kind: 'depends', on: 'sdk', sources: ['nobody', next.source], because },
  };
}

function metadata(container: Container): Remote {
  const off = container.env.find(({ name }) => name === 'AWS_EC2_METADATA_DISABLED')?.value;
  return off?.toLowerCase() === 'true'
    ? { source: 'nobody', because: 'AWS_EC2_METADATA_DISABLED is true and nothing else is set' }
    : { source: 'instance-metadata', because: 'no variable names other credentials' };
}
