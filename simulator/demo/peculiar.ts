import type { Peculiar } from './kubernetes.ts';

/** What is different in the Kubernetes APIs of the demo's clusters, by cluster: mostly mistakes, listed in `faults.ts`. */
export const PECULIAR: Readonly<Record<string, Peculiar>> = {};
