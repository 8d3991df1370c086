import { AsyncLocalStorage } from 'node:async_hooks';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import type { ReadKubernetes } from '../../../shared/aws/kubernetes-reader.ts';
import { instanceFacts } from '../../../shared/aws/reads/instances.ts';
import { kubernetesReader } from '../../../shared/kube/reader.ts';
import type { Simulation } from '../../../simulator/simulation.ts';
import { attach, CONFIG } from '../hub/attach.ts';
import type { Calls } from '../hub/calls.ts';
import { ACCOUNT } from '../simulated-cluster.ts';
import { INSTANCES } from './objects.ts';
import { clusterApi } from './server.ts';

/** A simulated cluster whose Kubernetes API and instances can be read. */
interface ReadableCluster {
  /** Each time with a reader of its own, as in a function that starts cold. */
  readonly read: ReadKubernetes;
  /** Whether the API server is known not to answer something from now on, and is not waited for. */
  readonly hangs: (hangs: boolean) => void;
  readonly close: () => Promise<void>;
}

/** Milliseconds for which an answer is waited for: one that may not come, and any other. */
const HANGS = 300;
const WAITS = 30_000;

const PROFILE = `arn:aws:iam::${ACCOUNT}:instance-profile/nodes`;

/** Lets the cluster `shop` have an API server and its nodes be instances; `calls` strike every read of both. */
export async function readableCluster({ world }: Simulation, calls: Calls): Promise<ReadableCluster> {
  /** Runs something as a part of the invocation that reads. */
  let inside = AsyncLocalStorage.snapshot();
  let answer = WAITS;
  const api = await clusterApi((read) =>
    inside(() => {
      const how = calls.strike(read);
      if (how === 'crash-before') void calls.crash();
      return how;
    }),
  );
  const shop = world.accounts.get(ACCOUNT)?.regions.get('eu-west-1')?.clusters.get('shop');
  if (shop === undefined) throw new Error('The simulation has no cluster shop.');
  shop.cluster.endpoint = api.server;
  const now = world.clock.now;
  return {
    read: (cluster) => {
      inside = AsyncLocalStorage.snapshot();
      const instances = instanceFacts(() => ({
        ec2: attach(new EC2Client(CONFIG), 'ec2', describeInstances, calls),
        iam: attach(new IAMClient(CONFIG), 'iam', instanceProfile, calls),
      }));
      const connect = { limits: { answer }, sleep: async () => {} };
      return kubernetesReader({ now, connect, firstAnswer: answer, instances })(cluster);
    },
    hangs: (hangs) => {
      answer = hangs ? HANGS : WAITS;
    },
    close: api.close,
  };
}

/** All instances, or one a page. */
function describeInstances(_operation: string, input: object, partial: boolean): object {
  const { NextToken = '0' } = input as { NextToken?: string };
  const start = Number(NextToken);
  const end = partial ? start + 1 : INSTANCES.length;
  return {
    Reservations: INSTANCES.slice(start, end).map((InstanceId) => ({
      Instances: [
        {
          InstanceId,
          IamInstanceProfile: { Arn: PROFILE },
          MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        },
      ],
    })),
    ...(end < INSTANCES.length && { NextToken: String(end) }),
  };
}

const instanceProfile = () => ({
  InstanceProfile: { Arn: PROFILE, Roles: [{ Arn: `arn:aws:iam::${ACCOUNT}:role/nodes` }] },
});
