import type { KubernetesList } from '../../estate/kubernetes-view.ts';

/** One read of a cluster's Kubernetes API, and the right that it takes. */
export interface ReadRight {
  /** As a coverage gap names it: `kubernetes:nodes`. */
  readonly read: string;
  /** Lists of the snapshot that stay unread without it. */
  readonly lists: readonly KubernetesList[];
  /** Empty: the core group. */
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: 'get' | 'list';
  /** One object of one namespace; absent: all of them. */
  readonly only?: { readonly namespace: string; readonly name: string };
  /**
   * Whether the ClusterRole `view` grants it, and AmazonEKSViewPolicy, which is made like it (EKS user guide, "Review access
   * policy permissions"; Kubernetes, user-facing roles: neither has nodes, admission or RBAC).
   */
  readonly view: boolean;
}

/** Name of the roles that podtrust ships, of their bindings and of the group that gets them. */
export const READ_GROUP = 'podtrust-read';

const RBAC = 'rbac.authorization.k8s.io';
const list = { verb: 'list', apiGroup: '' } as const;

/**
 * Every read of shared/kube. Who is known may besides ask who they are (`system:basic-user`) and which version runs
 * (`system:public-info-viewer`): that needs no right of podtrust's own.
 */
export const READ_RIGHTS: readonly ReadRight[] = [
  { ...list, read: 'kubernetes:namespaces', lists: ['namespaces'], resource: 'namespaces', view: true },
  {
    ...list,
    read: 'kubernetes:serviceaccounts',
    lists: ['serviceAccounts'],
    resource: 'serviceaccounts',
    view: true,
  },
  { ...list, read: 'kubernetes:pods', lists: ['pods'], resource: 'pods', view: true },
  { ...list, read: 'kubernetes:nodes', lists: ['nodes'], resource: 'nodes', view: false },
  {
    read: 'kubernetes:configmaps/aws-auth',
    lists: ['awsAuth'],
    apiGroup: '',
    resource: 'configmaps',
    verb: 'get',
    only: { namespace: 'kube-system', name: 'aws-auth' },
    view: true,
  },
  {
    ...list,
    read: 'kubernetes:mutatingwebhookconfigurations',
    lists: ['webhooks'],
    apiGroup: 'admissionregistration.k8s.io',
    resource: 'mutatingwebhookconfigurations',
    view: false,
  },
  {
    ...list,
    read: 'kubernetes:endpointslices',
    lists: ['webhooks'],
    apiGroup: 'discovery.k8s.io',
    resource: 'endpointslices',
    view: true,
  },
  {
    ...list,
    read: 'kubernetes:daemonsets',
    lists: ['agents'],
    apiGroup: 'apps',
    resource: 'daemonsets',
    view: true,
  },
  { ...list, read: 'kubernetes:roles', lists: ['roles'], apiGroup: RBAC, resource: 'roles', view: false },
  {
    ...list,
    read: 'kubernetes:clusterroles',
    lists: ['roles'],
    apiGroup: RBAC,
    resource: 'clusterroles',
    view: false,
  },
  {
    ...list,
    read: 'kubernetes:rolebindings',
    lists: ['bindings'],
    apiGroup: RBAC,
    resource: 'rolebindings',
    view: false,
  },
  {
    ...list,
    read: 'kubernetes:clusterrolebindings',
    lists: ['bindings'],
    apiGroup: RBAC,
    resource: 'clusterrolebindings',
    view: false,
  },
];

/** The reads that fail for who has the ClusterRole `view` or AmazonEKSViewPolicy alone. */
export const BEYOND_VIEW: readonly ReadRight[] = READ_RIGHTS.filter(({ view }) => !view);
