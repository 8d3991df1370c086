import type { TestProject } from 'vitest/node';
import { type KubernetesOnLoopback, startCluster } from '../support/kubernetes/cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster that all tests share. */
    readonly kubernetes: KubernetesOnLoopback;
  }
}

/** Starts one cluster with controllers and AWS's authenticator for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { kubernetes, close } = await startCluster({ controllers: true, authenticator: true });
  project.provide('kubernetes', kubernetes);
  return close;
}
