import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../scripts/emulators/server.ts';
import { certificateAuthority, issue, type KeyPair, tokenSigningKey } from './certificates.ts';
import { type Access, answers } from './http.ts';
import { type KeptServers, keepServers } from './kept-servers.ts';
import { kubeconfig } from './kubeconfig.ts';
import { authenticator, kubeapi } from './programs.ts';
import { type StsImpostor, startStsImpostor } from './sts-impostor.ts';

/** What tests need to know of the running cluster; plain data, handed to them as `inject('kubernetes')`. */
export interface KubernetesOnLoopback {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  /** PEM that signed the API server's certificate. */
  readonly certificateAuthority: string;
  /** Bearer token of a member of system:masters. */
  readonly token: string;
  /** Path of a kubeconfig with the contexts `admin` (token) and `admin-certificate` (client certificate). */
  readonly kubeconfig: string;
  /** Issuer of ServiceAccount tokens, with a path as EKS has it; its keys are at `<server>/openid/v1/jwks`. */
  readonly issuer: string;
  /** Name that a presigned token must sign as x-k8s-aws-id. */
  readonly cluster: string;
  readonly region: string;
  /** Where the STS impostor takes identities: see identities.ts. */
  readonly sts: string;
  /** The authority above with its key: for servers that clients of the cluster shall trust. */
  readonly authority: KeyPair;
  /** Holds the logs: etcd.log, kube-apiserver.log, kube-controller-manager.log, authenticator.log. */
  readonly folder: string;
}

export interface ClusterOptions {
  /** Whether the controller manager runs: default ServiceAccounts, aggregated roles, deletion of namespaces; 5 s and 130 MB. */
  readonly controllers: boolean;
  /** Whether AWS's authenticator and the STS impostor run. */
  readonly authenticator: boolean;
}

interface RunningCluster {
  readonly kubernetes: KubernetesOnLoopback;
  readonly close: () => Promise<void>;
}

/** What the servers are told to share. */
interface Plan {
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
  readonly cluster: string;
}

const REGION = 'us-east-1';

/**
 * Starts Kubernetes' own API server with etcd on free loopback ports, and what the options ask for. It ends with this
 * process, however that ends. Throws GoBuildError without Go, ServerStartError with what a server printed.
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const program = await kubeapi();
  const webhookProgram = options.authenticator ? await authenticator() : null;
  const servers = await keepServers();
  let sts: StsImpostor | null = null;
  const close = async (): Promise<void> => {
    await servers.close();
    await sts?.close();
  };
  try {
    const plan = await makePlan(servers.folder, program);
    const access: Access = accessOf(plan);
    await startApiServer(servers, plan, options);
    if (options.controllers) await startControllers(servers, plan);
    if (webhookProgram !== null) {
      sts = await startStsImpostor({ region: REGION });
      await startAuthenticator(servers, plan, webhookProgram, sts);
    }
    return {
      kubernetes: {
        ...access,
        token: plan.token,
        kubeconfig: join(plan.folder, 'kubeconfig.json'),
        issuer: plan.issuer,
        cluster: plan.cluster,
        region: REGION,
        sts: sts?.control ?? '',
        authority: plan.authority,
        folder: plan.folder,
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function accessOf(plan: Plan): Access {
  return {
    server: `https://127.0.0.1:${plan.apiserver}`,
    certificateAuthority: plan.authority.certificate,
    token: plan.token,
  };
}

async function makePlan(folder: string, program: string): Promise<Plan> {
  const apiserver = await freePort();
  const plan: Plan = {
    folder,
    program,
    etcd: await freePort(),
    etcdPeer: await freePort(),
    apiserver,
    controllers: await freePort(),
    webhook: await freePort(),
    authority: await certificateAuthority('podtrust-test'),
    token: randomBytes(24).toString('hex'),
    controllerToken: randomBytes(24).toString('hex'),
    issuer: `https://127.0.0.1:${apiserver}/id/EXAMPLED539D4633E53DE1B71EXAMPLE`,
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

async function startApiServer(servers: KeptServers, plan: Plan, options: ClusterOptions): Promise<void> {
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
        `--service-account-jwks-uri=${access.server}/openid/v1/jwks`,
        `--service-account-signing-key-file=${file('sa.key')}`,
        `--service-account-key-file=${file('sa.pub')}`,
        `--api-audiences=https://kubernetes.default.svc,${plan.issuer}`,
        '--authorization-mode=Node,RBAC',
        '--anonymous-auth=true',
        '--shutdown-delay-duration=0s',
        '--v=1',
        ...(options.authenticator
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

async function startControllers(servers: KeptServers, plan: Plan): Promise<void> {
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

async function startAuthenticator(
  servers: KeptServers,
  plan: Plan,
  program: string,
  sts: StsImpostor,
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
