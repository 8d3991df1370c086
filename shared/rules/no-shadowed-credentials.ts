import { type CredentialsOf, credentialsOf } from '../identity/pods/credentials.ts';
import { type BoundWorkload, boundWorkloads, podCount, workloadName } from '../identity/pods/workloads.ts';
import { defineRule } from './define-rule.ts';
import { readClusters, workloadIdentity, workloadWhere } from './doors/workload-place.ts';
import { estateExample, role } from './examples/estate.ts';
import { clusterWith, container, IRSA_VARIABLES, podGroup } from './examples/kubernetes.ts';
import { CREDENTIAL_CHAIN, IRSA_PODS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Workloads whose pods got their identity and do not use it, since other credentials in them come first. */
export default defineRule({
  number: 'PT-207',
  name: 'no-shadowed-credentials',
  kind: 'broken',
  fix: 'manual',
  title: 'Other credentials in the pods come before those of their ServiceAccount',
  why: "SDKs take the first credentials that they find. Keys in variables come before everything, and a web identity of the pod's own before Pod Identity: the pods then act as somebody else than the ServiceAccount says, with keys that do not rotate.",
  remedy:
    'Take the variables out of the specification (and the keys out of use), then restart. Where the keys are meant for another service than AWS, give them to the program under another name.',
  references: [CREDENTIAL_CHAIN, IRSA_PODS],
  examples: () => {
    const withPod = (pod: ReturnType<typeof podGroup>) => ({
      clusters: [clusterWith({ pods: [pod] })],
      roles: [role()],
    });
    const keys = container(IRSA_VARIABLES);
    const shadowed = podGroup({
      containers: [
        {
          ...keys,
          env: [
            ...keys.env,
            { name: 'AWS_ACCESS_KEY_ID', from: 'secret' },
            { name: 'AWS_SECRET_ACCESS_KEY', from: 'secret' },
          ],
        },
      ],
    });
    return {
      fails: estateExample('Keys from a Secret beside the annotation', withPod(shadowed), shadowed),
      passes: estateExample('What the webhook gave alone', withPod(podGroup()), podGroup()),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'kubernetes:pods', 'associations'],
  subjects: (scope) =>
    readClusters(scope)
      .flatMap(boundWorkloads)
      .map((workload) => ({ workload, credentials: credentialsOf(workload) }))
      .filter(({ credentials: { given, shadowed } }) => given.length > 0 || shadowed.length > 0),
  where: ({ workload }) => workloadWhere(workload),
  check: ({ workload, credentials }) => {
    const [first] = credentials.shadowed;
    if (first !== undefined) return fail(evidenceOf(first.because, workload, credentials));
    const [open] = credentials.open;
    if (open === undefined) return pass;
    const read = open.on === 'optional' ? 'kubernetes:secrets' : 'the files in the container';
    return unknown({
      read,
      reason: `${workloadName(workload)}, container ${open.container}: ${open.because}`,
    });
  },
  severity: ({ allContainers, everySdk }) => (allContainers && everySdk ? 'high' : 'medium'),
  message: ({ pods, containers, because, everySdk }, { workload }) => {
    const [noun, verb] = containers.length === 1 ? ['container', 'does'] : ['containers', 'do'];
    const which = `${noun} ${containers.join(', ')} ${verb} not`;
    const what = `${everySdk ? '' : 'with every SDK '}use the role of ServiceAccount ${workload.serviceAccount}`;
    return `${workloadName(workload)} (${pods} ${pods === 1 ? 'pod' : 'pods'}): ${which} ${what}: ${because}.`;
  },
  identity: (_, { workload }) => workloadIdentity(workload),
});

function evidenceOf(because: string, workload: BoundWorkload, { shadowed, given }: CredentialsOf) {
  const containers = shadowed.map(({ container }) => container);
  return {
    workload: workloadName(workload),
    mechanism: workload.binding.mechanism,
    pods: podCount(workload),
    containers: [...containers].sort(),
    because,
    everySdk: shadowed.every(({ everySdk }) => everySdk),
    allContainers: given.every((name) => containers.includes(name)),
  };
}
