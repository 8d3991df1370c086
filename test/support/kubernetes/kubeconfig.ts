import type { KeyPair } from './certificates.ts';
import type { Access } from './http.ts';

/** How a kubeconfig's user signs in; with neither, anonymously. */
interface User {
  readonly token?: string;
  readonly pair?: KeyPair;
}

/** A kubeconfig (JSON is YAML) with one context for each user, named after it; the first is current. */
export function kubeconfig(access: Access, users: Readonly<Record<string, User>>): string {
  const names = Object.keys(users);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'loopback',
        cluster: {
          server: access.server,
          'certificate-authority-data': base64(access.certificateAuthority),
        },
      },
    ],
    users: Object.entries(users).map(([name, { token, pair }]) => ({
      name,
      user: {
        ...(token === undefined ? {} : { token }),
        ...(pair === undefined
          ? {}
          : {
              'client-certificate-data': base64(pair.certificate),
              'client-key-data': base64(pair.key),
            }),
      },
    })),
    contexts: names.map((name) => ({ name, context: { cluster: 'loopback', user: name } })),
    'current-context': names[0],
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
