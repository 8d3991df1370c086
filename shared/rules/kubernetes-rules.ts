import type { KubernetesList } from '../estate/kubernetes-view.ts';

/** Rules about what a principal may do, which RBAC decides where no access policy does. */
const RIGHTS = [
  'no-access-drift',
  'no-broad-cluster-admin',
  'no-pod-cluster-admin',
  'no-powerless-access-entry',
  'no-unbound-group',
];

/** The rules that cannot be decided for a cluster, or not everywhere in it, without a list of its Kubernetes API; a test holds it against what the registry declares. */
export const RULES_BY_LIST: Readonly<Record<KubernetesList, readonly string[]>> = {
  namespaces: [],
  serviceAccounts: [
    'no-default-service-account-role',
    'no-double-binding',
    'no-ghost-association',
    'no-invalid-role-annotation',
    'no-invalid-token-expiration',
    'no-missing-annotated-role',
    'no-node-role-fallback',
    'no-shadowed-credentials',
    'no-uninjected-pod',
    'no-untrusted-service-account',
    'no-unused-trust',
    'use-identity-webhook',
    'use-role-annotation',
  ],
  pods: [
    'no-invalid-role-annotation',
    'no-invalid-token-expiration',
    'no-node-role-fallback',
    'no-proxied-credentials',
    'no-shadowed-credentials',
    'no-uninjected-pod',
    'no-untrusted-self-assumption',
    'use-pod-identity-agent',
    'use-role-annotation',
  ],
  nodes: ['no-node-role-fallback'],
  awsAuth: [
    'no-access-drift',
    'no-account-mapping',
    'no-broad-cluster-admin',
    'no-creator-in-aws-auth',
    'no-duplicate-aws-auth-mapping',
    'no-foreign-access-principal',
    'no-ghost-aws-auth-principal',
    'no-ignored-mapping',
    'no-invalid-aws-auth',
    'no-masters-in-aws-auth',
    'no-pod-cluster-admin',
    'no-role-path-in-aws-auth',
    'no-root-mapping',
    'no-unbound-group',
  ],
  webhooks: ['use-identity-webhook'],
  agents: ['use-pod-identity-agent'],
  roles: RIGHTS,
  bindings: RIGHTS,
};
