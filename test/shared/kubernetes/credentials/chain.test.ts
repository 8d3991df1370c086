import { describe, expect, it } from 'vitest';
import type { Container } from '../../../../shared/estate/kubernetes-schema.ts';
import { winner } from '../../../../shared/kubernetes/credentials/chain.ts';
import { environment } from '../../../../shared/rules/examples/kubernetes.ts';

type Env = Container['env'];
const containerOf = (env: Env, changes: Partial<Container> = {}): Container => ({
  name: 'app',
  env,
  ...changes,
});
const KEYS: Env = [{ name: 'AWS_ACCESS_KEY_ID' }, { name: 'AWS_SECRET_ACCESS_KEY' }];
const WEB = environment({
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/r',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/t',
});
const AGENT = environment({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials' });
const ECS = environment({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials' });

describe('the credentials that SDKs take', () => {
  it.each<[string, Env, string]>([
    ['keys before everything', [...KEYS, ...WEB, ...AGENT], 'static-keys'],
    ['a web identity before the agent', [...WEB, ...AGENT], 'web-identity'],
    ['the agent', AGENT, 'container'],
    ['a relative address of container credentials', ECS, 'container'],
    ['the agent, where AWS_ROLE_ARN stands alone', [...AGENT, ...WEB.slice(0, 1)], 'container'],
    ['the metadata of the instance, where nothing is set', [], 'instance-metadata'],
    ['the metadata, where the second key stands alone', KEYS.slice(1), 'instance-metadata'],
    [
      'none at all, where the metadata is switched off',
      environment({ AWS_EC2_METADATA_DISABLED: 'true' }),
      'nobody',
    ],
    [
      'the metadata, where it is not',
      environment({ AWS_EC2_METADATA_DISABLED: 'false' }),
      'instance-metadata',
    ],
  ])('are %s', (_what, env, source) => {
    expect(winner(containerOf(env))).toMatchObject({ kind: 'certain', source });
  });

  it.each<[string, Env, Partial<Container>, string, string[]]>([
    [
      'the SDK, where the first key stands alone',
      [...KEYS.slice(0, 1), ...WEB],
      {},
      'sdk',
      ['nobody', 'web-identity'],
    ],
    [
      'the SDK, where the token stands without a role',
      [...WEB.slice(1), ...AGENT],
      {},
      'sdk',
      ['nobody', 'container'],
    ],
    [
      'the SDK, where a profile stands beside keys',
      [...KEYS, ...environment({ AWS_PROFILE: 'a' })],
      {},
      'sdk',
      ['static-keys', 'shared-files'],
    ],
    [
      'files, where a profile is named',
      [...WEB, ...environment({ AWS_PROFILE: 'a' })],
      {},
      'files',
      ['shared-files', 'web-identity'],
    ],
    [
      'files, where one is named',
      [...AGENT, ...environment({ AWS_SHARED_CREDENTIALS_FILE: '/c' })],
      {},
      'files',
      ['shared-files', 'container'],
    ],
    [
      'files, where a volume is mounted over ~/.aws',
      WEB,
      { mounts: ['/home/app/.aws'] },
      'files',
      ['shared-files', 'web-identity'],
    ],
    [
      'a Secret that may be absent',
      KEYS.map((one) => ({ ...one, from: 'secret' as const, optional: true })),
      {},
      'optional',
      ['static-keys', 'instance-metadata'],
    ],
    [
      'variables from elsewhere, for the second key',
      [...KEYS.slice(0, 1), ...WEB],
      { envFrom: ['secret'] },
      'optional',
      ['static-keys', 'web-identity'],
    ],
  ])('depend on %s', (_what, env, changes, on, sources) => {
    expect(winner(containerOf(env, changes))).toMatchObject({ kind: 'depends', on, sources });
  });
});
