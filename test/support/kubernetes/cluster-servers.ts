import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessOf, type Plan } from './cluster-plan.ts';
import { answers } from './http.ts';
import type { KeptServers } from './kept-servers.ts';
import type { StsImpostor } from './sts-impostor.ts';
import type { StsPartition } from './sts-partitions.ts';

/** etcd, then the API server, until it is ready and the system namespaces are there. */
export async function startApiServer(servers: KeptServers, plan: Plan, webhook: boolean): Promise<void> {
  const etcd = `http://127.0.0.1:${plan.etcd}`;
  const peer = `http://127.0.0.1:${plan.etcdPeer}`;
  const file = (name: string): string => join(plan.folder, name);
  await servers.start(
    {
      name: 'etcd',
      command: plan.program,
      args: [
        'etcd',
        `--data-dir=${file('etcd')}`,
        '--name=t',
        `--listen-client-urls=${etcd}`,
        `--advertise-client-urls=${etcd}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--initial-cluster=t=${peer}`,
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
      env: {},
    },
    async () =>
      fetch(`${etcd}/health`).then(
        (response) => response.ok,
        () => false,
      ),
  );
  const access = accessOf(plan);
  await servers.start(
    {
      name: 'kube-apiserver',
      command: plan.program,
      args: [
        'kube-apiserver',
        `--etcd-servers=${etcd}`,
        '--bind-address=127.0.0.1',
        '--advertise-address=127.0.0.1',
        `--secure-port=${plan.apiserver}`,
        '--endpoint-reconciler-type=none',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--allow-privileged',
        `--tls-cert-file=${file('apiserver.crt')}`,
        `--tls-private-key-file=${file('apiserver.key')}`,
        `--client-ca-file=${file('ca.crt')}`,
        `--token-auth-file=${file('tokens.csv')}`,
        `--service-account-issuer=${plan.issuer}`,
        `--service-account-jwks-uri=${plan.keys}`,
        `--service-account-signing-key-file=${file('sa.key')}`,
        `--service-account-key-file=${file('sa.pub')}`,
        `--api-audiences=https://kubernetes.default.svc,${plan.issuer}`,
        '--authorization-mode=Node,RBAC',
        '--anonymous-auth=true',
        '--shutdown-delay-duration=0s',
        '--v=1',
        ...(webhook
          ? [
              `--authentication-token-webhook-config-file=${file('webhook.json')}`,
              '--authentication-token-webhook-version=v1beta1',
              '--authentication-token-webhook-cache-ttl=0s',
            ]
          : []),
      ],
      env: {},
    },
    // Ready does not yet mean that the system namespaces are there.
    async () => (await answers(access, '/readyz')) && answers(access, '/api/v1/namespaces/kube-system'),
  );
}

/** The controller manager, until it acts. */
export async function startControllers(servers: KeptServers, plan: Plan): Promise<void> {
  const config = join(plan.folder, 'controllers.json');
  await servers.start(
    {
      name: 'kube-controller-manager',
      command: plan.program,
      args: [
        'kube-controller-manager',
        `--kubeconfig=${config}`,
        `--authentication-kubeconfig=${config}`,
        `--authorization-kubeconfig=${config}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${plan.controllers}`,
        '--leader-elect=false',
        '--use-service-account-credentials',
        `--service-account-private-key-file=${join(plan.folder, 'sa.key')}`,
        `--root-ca-file=${join(plan.folder, 'ca.crt')}`,
        // The two node controllers would evict the pods of nodes that send no heartbeat.
        '--controllers=*,-node-ipam-controller,-node-lifecycle-controller,-taint-eviction-controller',
      ],
      env: {},
    },
    async () => answers(accessOf(plan), '/api/v1/namespaces/default/serviceaccounts/default'),
  );
}

interface Authenticator {
  readonly program: string;
  readonly partition: StsPartition;
  readonly sts: StsImpostor;
}

/** AWS's authenticator, behind whose proxy the impostor is STS. */
export async function startAuthenticator(
  servers: KeptServers,
  plan: Plan,
  { program, partition, sts }: Authenticator,
): Promise<void> {
  const authority = join(plan.folder, 'sts-ca.crt');
  await writeFile(authority, sts.certificateAuthority);
  await servers.start(
    {
      name: 'authenticator',
      command: program,
      args: [
        'server',
        `--cluster-id=${plan.cluster}`,
        `--partition=${partition}`,
        '--backend-mode=EKSConfigMap',
        `--kubeconfig=${join(plan.folder, 'kubeconfig.json')}`,
        '--kubeconfig-pregenerated',
        `--state-dir=${join(plan.folder, 'authenticator')}`,
        '--address=127.0.0.1',
        `--port=${plan.webhook}`,
      ],
      // It accepts STS's real hosts only: the proxy answers as them. Loopback is never proxied.
      env: { AWS_EC2_METADATA_DISABLED: 'true', HTTPS_PROXY: sts.proxy, SSL_CERT_FILE: authority },
    },
    async () =>
      answers(
        {
          server: `https://127.0.0.1:${plan.webhook}`,
          certificateAuthority: plan.authority.certificate,
        },
        '/healthz',
      ),
  );
}
