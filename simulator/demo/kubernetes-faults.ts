import type { PlantedFault } from './faults.ts';
import {
  CONTRACTOR,
  type DemoCluster,
  PROD_DATA,
  PROD_EDGE,
  PROD_SHOP,
  roleArn,
  STAGING_DATA,
  STAGING_SHOP,
  TOOLS,
} from './places.ts';

/** A mistake in one cluster. */
const within =
  (cluster: DemoCluster) =>
  (what: string, rule: string, at: Omit<PlantedFault['at'], 'cluster'> = {}): PlantedFault => ({
    what,
    rule,
    account: cluster.account.id,
    at: { cluster: cluster.name, ...at },
  });

const tools = within(TOOLS);
const stagingShop = within(STAGING_SHOP);
const stagingData = within(STAGING_DATA);
const prodShop = within(PROD_SHOP);
const prodData = within(PROD_DATA);
const prodEdge = within(PROD_EDGE);

const of = ({ account }: DemoCluster, name: string, path?: string) => ({
  principal: roleArn(account, name, path),
});

/** Mistakes inside the clusters of the demo, and in who may enter them. */
export const KUBERNETES_FAULTS: readonly PlantedFault[] = [
  tools(
    'Argo CD of the tools cluster was made its administrator, and so was every pod that is Argo CD.',
    'no-pod-cluster-admin',
    of(TOOLS, 'tools-argocd'),
  ),
  tools(
    'The on-call role is still in aws-auth alone, which the cluster has ceased to read.',
    'no-ignored-mapping',
  ),

  stagingShop(
    'A ServiceAccount is annotated with a role that its stack never made.',
    'no-missing-annotated-role',
    { serviceAccount: 'shop/reviews' },
  ),
  stagingShop(
    'Instance metadata answers two hops away, and the node role reads a bucket.',
    'no-node-role-fallback',
    { role: roleArn(STAGING_SHOP.account, 'staging-shop-node') },
  ),
  stagingShop('A contractor for load tests never left.', 'no-foreign-access-principal', {
    principal: `arn:aws:iam::${CONTRACTOR}:role/load-testing`,
  }),
  stagingShop(
    'The role of the GPU nodes got an entry as for people.',
    'no-wrong-entry-type',
    of(STAGING_SHOP, 'staging-shop-gpu-node'),
  ),

  stagingData('The cluster was made with the defaults of the API.', 'use-access-entries'),
  stagingData('A pipeline created the cluster and is its administrator.', 'no-hidden-creator-admin'),
  stagingData(
    'A second row for the analysts, without the group of the first.',
    'no-duplicate-aws-auth-mapping',
    of(STAGING_DATA, 'staging-data-analyst'),
  ),
  stagingData('mapAccounts, since then everyone could try it.', 'no-account-mapping'),

  prodShop('The key of the annotation has an underscore.', 'no-invalid-role-annotation', {
    serviceAccount: 'shop/pricing',
  }),
  prodShop(
    'Gift cards borrow the role of the cart, which does not trust them.',
    'no-untrusted-service-account',
    {
      serviceAccount: 'shop/gift-cards',
    },
  ),
  prodShop('The catalog was annotated and not restarted.', 'no-uninjected-pod', {
    serviceAccount: 'shop/catalog',
  }),
  prodShop('The keys of a user are still in the pods of the cart.', 'no-shadowed-credentials', {
    serviceAccount: 'shop/cart',
  }),
  prodShop('The proxy of the company is between the storefront and the agent.', 'no-proxied-credentials', {
    serviceAccount: 'shop/storefront',
  }),
  prodShop('Karpenter asks for tokens of five minutes.', 'no-invalid-token-expiration', {
    serviceAccount: 'karpenter/karpenter',
  }),
  prodShop(
    'The role of the release was mapped with its path.',
    'no-role-path-in-aws-auth',
    of(PROD_SHOP, 'prod-shop-release', '/delivery/'),
  ),
  prodShop(
    'An old role of operations is in system:masters.',
    'no-masters-in-aws-auth',
    of(PROD_SHOP, 'prod-shop-legacy-ops'),
  ),
  prodShop('A user for deployments was deleted, his row was not.', 'no-ghost-aws-auth-principal', {
    principal: `arn:aws:iam::${PROD_SHOP.account.id}:user/deploy-bot`,
  }),
  prodShop(
    'Support may change things in aws-auth, and only look by its entry.',
    'no-access-drift',
    of(PROD_SHOP, 'prod-shop-support'),
  ),
  prodShop(
    'Nobody mapped the role of the new node group.',
    'no-missing-node-mapping',
    of(PROD_SHOP, 'prod-shop-batch-node'),
  ),

  prodData('Annotation and association name different roles.', 'no-double-binding', {
    serviceAccount: 'reports/reporting',
  }),
  {
    what: 'The notebooks were taken down, and their role was not.',
    rule: 'no-unused-trust',
    account: PROD_DATA.account.id,
    at: { role: roleArn(PROD_DATA.account, 'prod-data-notebooks') },
  },
  prodData(
    'The auditors have an entry, and nobody gave it a policy.',
    'no-powerless-access-entry',
    of(PROD_DATA, 'prod-data-auditor'),
  ),
  prodData(
    'The binding is for data-readers, the entry for data-reader.',
    'no-unbound-group',
    of(PROD_DATA, 'prod-data-analyst'),
  ),

  prodEdge('The manifest of waf-sync lost its annotation.', 'use-role-annotation', {
    serviceAccount: 'edge/waf-sync',
  }),
  prodEdge('An association for whatever names no ServiceAccount.', 'no-default-service-account-role', {
    serviceAccount: 'edge/default',
  }),
  prodEdge('The cache warmer is gone, its association is not.', 'no-ghost-association', {
    serviceAccount: 'edge/cache-warmer',
  }),
  prodEdge('Pod Identity for pods on Fargate.', 'no-unsupported-compute', {
    serviceAccount: 'edge-jobs/thumbnailer',
  }),
  prodEdge(
    'Terraform made the role of the operators again, after its entry.',
    'no-tombstoned-access-entry',
    of(PROD_EDGE, 'edge-operators'),
  ),
  prodEdge(
    'The role of the migration was deleted, its entry was not.',
    'no-ghost-access-entry',
    of(PROD_EDGE, 'edge-migration'),
  ),
];
