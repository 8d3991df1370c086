import { join } from 'node:path';
import type { KeyPair } from './certificates.ts';
import { accessOf, makePlan } from './cluster-plan.ts';
import { startApiServer, startAuthenticator, startControllers } from './cluster-servers.ts';
import { keepServers } from './kept-servers.ts';
import { authenticator, kubeapi } from './programs.ts';
import { type StsImpostor, startStsImpostor } from './sts-impostor.ts';
import { PARTITIONS, type StsPartition } from './sts-partitions.ts';

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
  /** One of the regions in which its STS answers. */
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
  /** Issuer of its tokens, whose documents somebody else serves (issuer-front.ts); one on loopback unless given. */
  readonly issuer?: string;
  /** Partition in which it signs principals in; `aws` unless given. */
  readonly partition?: StsPartition;
}

interface RunningCluster {
  readonly kubernetes: KubernetesOnLoopback;
  readonly close: () => Promise<void>;
}

/**
 * Starts Kubernetes' own API server with etcd on free loopback ports, and what the options ask for. It ends with this
 * process, however that ends. Throws GoBuildError without Go, ServerStartError with what a server printed.
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const partition = options.partition ?? 'aws';
  const program = await kubeapi();
  const webhookProgram = options.authenticator ? await authenticator() : null;
  const servers = await keepServers();
  let sts: StsImpostor | null = null;
  const close = async (): Promise<void> => {
    await servers.close();
    await sts?.close();
  };
  try {
    const plan = await makePlan(servers.folder, program, options.issuer);
    await startApiServer(servers, plan, options.authenticator);
    if (options.controllers) await startControllers(servers, plan);
    if (webhookProgram !== null) {
      sts = await startStsImpostor(partition);
      await startAuthenticator(servers, plan, { program: webhookProgram, partition, sts });
    }
    return {
      kubernetes: {
        ...accessOf(plan),
        token: plan.token,
        kubeconfig: join(plan.folder, 'kubeconfig.json'),
        issuer: plan.issuer,
        cluster: plan.cluster,
        region: PARTITIONS[partition].regions[0],
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
