import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientOptions } from '../shared/aws/clients.ts';
import type { ClusterView } from '../shared/estate/estate.ts';
import type { Connection } from '../shared/kube/connect.ts';
import type { PodWish } from '../shared/kube/probe/pod-manifest.ts';
import type { PodAnswer, ProbeKubernetes, ProbePorts } from '../shared/probe/ports.ts';
import { UsageError } from './errors.ts';
import { whileUninterrupted } from './interrupt.ts';
import type { Io } from './io.ts';
import type { SourceOptions } from './options.ts';
import { kubeconfigFor } from './source.ts';

/** The world of a probe: issuers over https, STS with the caller's configuration. `offline`: neither. */
export async function probePorts(
  access: ClientOptions,
  { now }: Io,
  { offline, issuerCa }: { readonly offline: boolean; readonly issuerCa?: string },
): Promise<ProbePorts> {
  if (offline) return { now };
  const { askSts, stsClients } = await import('../shared/aws/probe/web-identity.ts');
  const { clientConfigs } = await import('../shared/aws/clients.ts');
  const { issuerFetch } = await import('../shared/kube/issuer.ts');
  return {
    now,
    fetch: issuerFetch(issuerCa === undefined ? {} : { certificateAuthority: issuerCa }),
    sts: askSts(stsClients(clientConfigs(access))),
  };
}

/** The API server of the cluster: by a kubeconfig, or as DescribeCluster says, with the caller's AWS credentials. */
export async function connectForProbe(
  view: ClusterView,
  options: SourceOptions,
  access: ClientOptions,
  { now }: Io,
): Promise<Connection> {
  const { connectBy } = await import('../shared/kube/connect.ts');
  const kubeconfig = await kubeconfigFor(options);
  if (kubeconfig !== null) return connectBy(kubeconfig);
  const { createClients } = await import('../shared/aws/clients.ts');
  const { clusterEndpoint } = await import('../shared/aws/probe/endpoint.ts');
  const { open } = await import('../shared/kube/reader.ts');
  const endpoint = await clusterEndpoint(createClients(access), view);
  const connection = open(endpoint, { now });
  if (connection !== null) return connection;
  throw new UsageError(`Cluster ${view.cluster.name} shows no endpoint yet: wait until it is ACTIVE.`);
}

interface Asked {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Absent: no test pod. */
  readonly pod?: Omit<PodWish, 'namespace' | 'serviceAccount'>;
}

/** The Kubernetes side of a probe; `note` takes what a person should know while it runs. */
export async function probeKubernetes(
  connection: Connection,
  { namespace, serviceAccount, pod }: Asked,
  note: (text: string) => void,
): Promise<ProbeKubernetes> {
  const { readServiceAccount, requestToken } = await import('../shared/kube/probe/service-account.ts');
  const { runTestPod } = await import('../shared/kube/probe/run-pod.ts');
  const name = { namespace, name: serviceAccount };
  const run = (wish: PodWish): Promise<PodAnswer> =>
    whileUninterrupted((signal) =>
      runTestPod(connection, wish, {
        name: `podtrust-probe-${randomBytes(5).toString('hex')}`,
        signal,
        sleep,
        started: (created) =>
          note(`test pod ${namespace}/${created} runs for ${wish.seconds} s at most and is then deleted.\n`),
      }),
    );
  return {
    serviceAccount: () => readServiceAccount(connection, name),
    token: (audience) => requestToken(connection, name, audience),
    ...(pod === undefined ? {} : { pod: () => run({ ...pod, namespace, serviceAccount }) }),
  };
}

const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  pause(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
