import type { Change } from '../../changes/change.ts';
import type { Snippet } from '../../changes/plan.ts';

/** A change as Terraform writes it; nothing for what the AWS provider has no resource for, or what is deleted. */
export function terraformFor(change: Change): Snippet[] {
  const text = hclOf(change);
  if (text === null) return [];
  return [{ form: 'terraform', title: 'Terraform', target: targetOf(change), text }];
}

function targetOf({ target }: Change): string {
  return 'arn' in target ? target.arn : `${target.cluster} (${target.region})`;
}

function hclOf(change: Change): string | null {
  if (change.after === null)
    return `# Take the resource of ${quoted(targetOf(change))} (${change.kind}) out of the configuration.\n`;
  switch (change.kind) {
    case 'trust-policy':
      return block('aws_iam_role', nameOf(change.target.arn), [
        ['assume_role_policy', `jsonencode(${hcl(JSON.parse(change.after), 1)})`],
      ]);
    case 'oidc-provider':
      return block('aws_iam_openid_connect_provider', 'cluster', [
        ['url', quoted(change.after.url)],
        ['client_id_list', hcl(change.after.clientIds, 1)],
      ]);
    case 'pod-identity-association': {
      const { cluster, namespace, serviceAccount } = change.target;
      const { roleArn, targetRoleArn, disableSessionTags, policy } = change.after;
      return block('aws_eks_pod_identity_association', serviceAccount, [
        ['cluster_name', quoted(cluster)],
        ['namespace', quoted(namespace)],
        ['service_account', quoted(serviceAccount)],
        ['role_arn', quoted(roleArn)],
        ...(targetRoleArn === undefined ? [] : [row('target_role_arn', quoted(targetRoleArn))]),
        ...(disableSessionTags === undefined
          ? []
          : [row('disable_session_tags', String(disableSessionTags))]),
        ...(policy === undefined ? [] : [row('policy', quoted(policy))]),
      ]);
    }
    case 'addon':
      return block('aws_eks_addon', change.target.addon, [
        ['cluster_name', quoted(change.target.cluster)],
        ['addon_name', quoted(change.target.addon)],
      ]);
    case 'access-entry': {
      const { type, groups, username } = change.after;
      return block('aws_eks_access_entry', nameOf(change.target.principal), [
        ['cluster_name', quoted(change.target.cluster)],
        ['principal_arn', quoted(change.target.principal)],
        ['type', quoted(type)],
        ...(type === 'STANDARD' ? [row('kubernetes_groups', hcl(groups, 1))] : []),
        ...(username === undefined ? [] : [row('user_name', quoted(username))]),
      ]);
    }
    case 'access-policy': {
      const { type, namespaces } = change.after;
      return block('aws_eks_access_policy_association', nameOf(change.target.principal), [
        ['cluster_name', quoted(change.target.cluster)],
        ['principal_arn', quoted(change.target.principal)],
        ['policy_arn', quoted(change.target.policy)],
        ['access_scope', hcl({ type, ...(namespaces !== undefined && { namespaces }) }, 1)],
      ]).replace('access_scope = {', 'access_scope {');
    }
    case 'aws-auth':
      return block('kubernetes_config_map_v1_data', 'aws_auth', [
        ['metadata', hcl({ name: 'aws-auth', namespace: 'kube-system' }, 1)],
        ['data', hcl(change.after.data, 1)],
      ]).replace('metadata = {', 'metadata {');
    case 'authentication-mode':
      return `# In aws_eks_cluster: access_config { authentication_mode = ${quoted(change.after)} }\n`;
    case 'service-account-annotation':
      return `# In kubernetes_service_account ${quoted(`${change.target.namespace}/${change.target.serviceAccount}`)}: annotations = { ${quoted(change.target.annotation)} = ${quoted(change.after)} }\n`;
  }
}

type Row = readonly [name: string, value: string];

const row = (name: string, value: string): Row => [name, value];

function block(type: string, name: string, rows: readonly Row[]): string {
  const label = name.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?=[^A-Za-z_])/, '_');
  const width = Math.max(...rows.map(([key]) => key.length));
  const lines = rows.map(([key, value]) => `  ${key.padEnd(width)} = ${value}`.replace(/ +=/, ' ='));
  return `resource "${type}" "${label}" {\n${lines.join('\n')}\n}\n`;
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** A value as an HCL expression; keys that are no identifiers are quoted. */
function hcl(value: unknown, depth: number): string {
  const [inner, outer] = ['  '.repeat(depth + 1), '  '.repeat(depth)];
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((one) => `${inner}${hcl(one, depth + 1)},\n`).join('')}${outer}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).map(
      ([key, one]) => `${inner}${keyOf(key)} = ${hcl(one, depth + 1)}\n`,
    );
    return rows.length === 0 ? '{}' : `{\n${rows.join('')}${outer}}`;
  }
  return String(value);
}

function keyOf(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? key : quoted(key);
}

/** A string literal in which nothing is a template (Terraform, Strings and Templates: `$${` and `%%{`). */
function quoted(text: string): string {
  return JSON.stringify(text)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', () => '%%{');
}
