/** Which credentials a running container ends up with, and which role they are of. */
import type { ClusterView } from '../../estate/estate.ts';
import type { Container, PodGroup } from '../../estate/kubernetes-schema.ts';
import { type Source, winner } from '../../kubernetes/credentials/chain.ts';
import { proxied } from '../../kubernetes/credentials/proxy.ts';
import { textOf } from '../../kubernetes/credentials/variables.ts';
import { isAgentUri } from '../../kubernetes/injection/inject.ts';
import { lacksAgent } from './injection.ts';
import { roleOfNodes } from './node-roles.ts';
import { reachOf } from './reachable-nodes.ts';
import { boundBy } from './workloads.ts';

/** What the default chain of an SDK finds in a container; `depends`: on the SDK, or on what was not read. */
export interface Actual {
  readonly source: Source | 'depends';
  /** ARN of the role; null: none, or not known. */
  readonly role: string | null;
  /** Why this and nothing else, one clause. */
  readonly because: string;
}

/** The credentials that a container of running pods asks for. Whether AWS gives them is another question. */
export function actualOf(container: Container, group: PodGroup, cluster: ClusterView): Actual {
  const won = winner(container);
  if (won.kind === 'depends') return { source: 'depends', role: null, because: won.because };
  const { source, because } = won;
  switch (source) {
    case 'web-identity':
      return { source, role: textOf(container, 'AWS_ROLE_ARN') ?? null, because };
    case 'container':
      return byAgent(container, group, cluster, because);
    case 'instance-metadata':
      return byNode(group, cluster, because);
    case 'static-keys':
    case 'shared-files':
    case 'nobody':
      return { source, role: null, because };
  }
}

const nobody = (because: string): Actual => ({ source: 'nobody', role: null, because });
const open = (because: string): Actual => ({ source: 'depends', role: null, because });

function byAgent(container: Container, group: PodGroup, cluster: ClusterView, because: string): Actual {
  const uri = textOf(container, 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (uri === undefined || !isAgentUri(uri))
    return { source: 'container', role: null, because: 'its credentials come from an address of its own' };
  if (lacksAgent(group)) return nobody('there is no Pod Identity agent where it runs');
  const by = proxied(container);
  if (by.kind !== 'direct') return open(`${by.by} stands between it and the agent, in SDKs that heed it`);
  const missing = cluster.missing('podIdentityAssociations');
  const association = boundBy(cluster, group.namespace, group.serviceAccount)?.association;
  if (association == null)
    return missing === null ? nobody('it asks the agent, and there is no association') : open(missing.reason);
  return { source: 'container', role: association.targetRoleArn ?? association.roleArn ?? null, because };
}

/** The role of the nodes that the pods run on, where they reach its metadata. */
function byNode(group: PodGroup, cluster: ClusterView, because: string): Actual {
  if (group.compute === 'fargate') return nobody('nothing is set, and Fargate has no instance metadata');
  const nodes = (group.nodes ?? []).map((id) => cluster.kubernetes.node(id));
  if (nodes.length === 0) return open('on which nodes it runs was not read');
  const reach = new Set(nodes.map((node) => (node === undefined ? 'unread' : reachOf(node, group))));
  if (reach.has('yes')) {
    const roles = nodes.flatMap((node) =>
      node !== undefined && reachOf(node, group) === 'yes' ? [roleOfNodes(node, cluster)] : [],
    );
    const [role = null, ...others] = [...new Set(roles)];
    return { source: 'instance-metadata', role: others.length === 0 ? role : null, because };
  }
  return reach.has('unread')
    ? open('whether it reaches instance metadata was not read')
    : nobody('nothing is set, and instance metadata is out of its reach');
}
