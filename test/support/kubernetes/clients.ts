import { KubeConfig } from '@kubernetes/client-node';
import type { Access } from './http.ts';

/** A KubeConfig of @kubernetes/client-node for this server, signed in by token or anonymous. */
export function clientConfig(access: Access): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'loopback',
      server: access.server,
      skipTLSVerify: false,
      caData: Buffer.from(access.certificateAuthority).toString('base64'),
    },
    { name: 'user', ...(access.token === undefined ? {} : { token: access.token }) },
  );
  return config;
}
