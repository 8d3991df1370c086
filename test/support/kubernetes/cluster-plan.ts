import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateAuthority, issue, type KeyPair, tokenSigningKey } from './certificates.ts';
import type { Access } from './http.ts';
import { kubeconfig } from './kubeconfig.ts';
import { freePorts } from './loopback.ts';

/** What the servers of one cluster share: files are in the folder, numbers are ports. */
export interface Plan {
  readonly folder: string;
  readonly program: string;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiserver: number;
  readonly controllers: number;
  readonly webhook: number;
  readonly authority: KeyPair;
  readonly token: string;
  readonly controllerToken: string;
  readonly issuer: string;
  /** Where the issuer says that its keys are. */
  readonly keys: string;
  readonly cluster: string;
}

/** As a member of system:masters. */
export function accessOf(plan: Plan): Access {
  return {
    server: `https://127.0.0.1:${plan.apiserver}`,
    certificateAuthority: plan.authority.certificate,
    token: plan.token,
  };
}

/** Takes free ports and writes certificates, tokens and kubeconfigs into the folder. */
export async function makePlan(folder: string, program: string, issuer?: string): Promise<Plan> {
  const [etcd = 0, etcdPeer = 0, apiserver = 0, controllers = 0, webhook = 0] = await freePorts(5);
  const plan: Plan = {
    folder,
    program,
    etcd,
    etcdPeer,
    apiserver,
    controllers,
    webhook,
    authority: await certificateAuthority('podtrust-test'),
    token: randomBytes(24).toString('hex'),
    controllerToken: randomBytes(24).toString('hex'),
    issuer: issuer ?? `https://127.0.0.1:${apiserver}/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
    keys: issuer === undefined ? `https://127.0.0.1:${apiserver}/openid/v1/jwks` : `${issuer}/keys`,
    cluster: 'shop',
  };
  await writeFiles(plan);
  return plan;
}

/** Certificates, tokens and kubeconfigs that the servers read. */
async function writeFiles(plan: Plan): Promise<void> {
  const write = async (name: string, content: string): Promise<void> =>
    writeFile(join(plan.folder, name), content, { mode: 0o600 });
  const serving = await issue(plan.authority, {
    name: 'CN=kube-apiserver',
    hosts: [
      '127.0.0.1',
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      '10.96.0.1',
    ],
  });
  const webhook = await issue(plan.authority, {
    name: 'CN=authenticator',
    hosts: ['127.0.0.1', 'localhost'],
  });
  const admin = await issue(plan.authority, { name: 'O=system:masters, CN=admin' });
  const signing = tokenSigningKey();
  const access = accessOf(plan);
  await mkdir(join(plan.folder, 'authenticator'));
  await Promise.all([
    write('ca.crt', plan.authority.certificate),
    write('apiserver.crt', serving.certificate),
    write('apiserver.key', serving.key),
    write('sa.key', signing.privateKey),
    write('sa.pub', signing.publicKey),
    write('authenticator/cert.pem', webhook.certificate),
    write('authenticator/key.pem', webhook.key),
    write(
      'tokens.csv',
      `${plan.token},admin,admin,system:masters\n${plan.controllerToken},system:kube-controller-manager,kcm\n`,
    ),
    write(
      'kubeconfig.json',
      kubeconfig(access, { admin: { token: plan.token }, 'admin-certificate': { pair: admin } }),
    ),
    write('controllers.json', kubeconfig(access, { controllers: { token: plan.controllerToken } })),
    write(
      'webhook.json',
      kubeconfig({ ...access, server: `https://127.0.0.1:${plan.webhook}/authenticate` }, { apiserver: {} }),
    ),
  ]);
}
