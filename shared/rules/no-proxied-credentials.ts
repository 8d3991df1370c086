import { credentialsOf } from '../identity/pods/credentials.ts';
import { boundWorkloads, podCount, workloadName } from '../identity/pods/workloads.ts';
import { defineRule } from './define-rule.ts';
import { readClusters, workloadIdentity, workloadWhere } from './doors/workload-place.ts';
import { association, estateExample, podIdentityStatement, role, trustPolicy } from './examples/estate.ts';
import { clusterWith, container, POD_IDENTITY_VARIABLES, podGroup } from './examples/kubernetes.ts';
import { POD_IDENTITY_PODS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Workloads with an association whose pods would ask a proxy for the credentials that the agent of their node has. */
export default defineRule({
  number: 'PT-210',
  name: 'no-proxied-credentials',
  kind: 'broken',
  fix: 'manual',
  title: 'A proxy stands between the pods and the Pod Identity agent',
  why: 'The agent answers on a link-local address of the node, which no proxy reaches. SDKs that heed HTTP_PROXY, as that for Go, send the request for credentials to the proxy and get none, or hand it the token of the pod.',
  remedy: 'Add 169.254.170.23 and [fd00:ec2::23] to NO_PROXY (and no_proxy) of the containers, then restart.',
  references: [POD_IDENTITY_PODS],
  examples: () => {
    const parts = (noProxy: string) => {
      const pod = podGroup({
        containers: [
          container({
            ...POD_IDENTITY_VARIABLES,
            HTTP_PROXY: 'http://proxy.example:3128',
            NO_PROXY: noProxy,
          }),
        ],
      });
      const clusters = [clusterWith({ pods: [pod] }, { podIdentityAssociations: [association()] })];
      const roles = [role({ trustPolicy: trustPolicy(podIdentityStatement()) })];
      return { estate: { clusters, roles }, pod };
    };
    const without = parts('.cluster.local');
    const excepted = parts('.cluster.local,169.254.170.23,[fd00:ec2::23]');
    return {
      fails: estateExample('Only the names of the cluster are excepted', without.estate, without.pod),
      passes: estateExample('The agent is excepted', excepted.estate, excepted.pod),
    };
  },
  needs: ['kubernetes:pods', 'associations'],
  subjects: (scope) =>
    readClusters(scope)
      .flatMap(boundWorkloads)
      .filter(({ binding }) => binding.mechanism === 'pod-identity'),
  where: workloadWhere,
  check: (workload) => {
    const { proxied } = credentialsOf(workload);
    const certain = proxied.filter(({ by }) => by.kind === 'proxied');
    const [first] = certain;
    if (first?.by.kind === 'proxied') {
      return fail({
        workload: workloadName(workload),
        pods: podCount(workload),
        containers: certain.map(({ container: name }) => name).sort(),
        variable: first.by.by,
        address: first.by.host,
      });
    }
    const [open] = proxied;
    if (open?.by.kind !== 'unclear') return pass;
    const reason = `${workloadName(workload)}, container ${open.container}: ${open.by.by} is set, and ${open.by.because}`;
    return unknown({ read: 'kubernetes:configmaps', reason });
  },
  severity: () => 'medium',
  message: ({ containers, variable, address }, workload) =>
    `${workloadName(workload)}: ${variable} of ${containers.join(', ')} sends requests for ${address} to a proxy, and NO_PROXY does not except it: SDKs that heed it get no credentials.`,
  identity: (_, workload) => workloadIdentity(workload),
});
