import { costOf, rightOf } from '../../cli/output/kubernetes-rights-text.ts';
import { kubernetesPermissions } from '../../shared/aws/permissions.ts';
import { awsAuthRow, entryCommand, entryResource } from '../../shared/kubernetes/access/read-entry.ts';
import { BEYOND_VIEW, READ_RIGHTS } from '../../shared/kubernetes/access/read-rights.ts';
import { rulesNeeding } from '../../shared/rules/rules-needing.ts';

const ENTRANT = {
  cluster: 'prod',
  region: 'eu-west-1',
  principal: 'arn:aws:iam::111122223333:role/podtrust-read',
};

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
const code = (name: string): string => `\`${name}\``;
const named = (rules: readonly string[]): string =>
  rules.map((rule) => `[${rule}](rules/${rule}.md)`).join(', ');

/** docs/kubernetes.md: how podtrust reads clusters, and how to let it in; rights and costs from the code. */
export function kubernetesGuide(): string {
  return `# Reading Kubernetes

AWS knows which role a ServiceAccount may have. Whether the ServiceAccount exists, is annotated and its pods got their credentials, only the cluster knows. podtrust judges what it can see; what it cannot see is unknown, never fine.

Generated from the code: each right below is a read that the code makes, and the tests let a role with exactly these rights read a real API server.

## What is read, and what never

| read | what is kept |
|---|---|
| namespaces | their names |
| ServiceAccounts | name, creation, \`automountServiceAccountToken\`, annotations that concern AWS identity, well or badly spelt, and which tool writes it (Helm, Argo CD, Flux, eksctl, an add-on), as its labels, annotations and field managers say |
| pods that have not finished | grouped by what identity depends on: workload, ServiceAccount, compute type, environment variables that decide over credentials, paths and audiences of projected tokens. The pods of a workload are one group as long as they are alike |
| nodes | grouped: compute type, operating system, node group; through EC2 the role and the metadata options of the instances |
| \`kube-system/aws-auth\` | as it is written |
| mutating webhooks that give pods their identity | rules and Service, and whether that Service has ready endpoints |
| DaemonSets of the Pod Identity agent | how many of it are wanted and ready |
| Roles, ClusterRoles and their bindings | rules and subjects: who can become a ServiceAccount, and what a group of an access entry gives |

Never: Secrets, any other ConfigMap, logs, exec, the value of a variable that may be a secret (\`AWS_SECRET_ACCESS_KEY\` is kept as a name alone, \`HTTPS_PROXY\` without its user), annotations and labels of others. Reading writes nothing; what repairs may write, and with which rights, is said [there](repair.md#clusters).

## Let podtrust in

Three things, for each cluster:

1. **Rights in the cluster**, for the group \`podtrust-read\` ([manifest](kubernetes/podtrust-read.yaml)):

   ${fenced('sh', 'kubectl apply -f docs/kubernetes/podtrust-read.yaml').replaceAll('\n', '\n   ')}

2. **A way in** for the role that podtrust runs as: an access entry with that group.

   ${fenced('sh', entryCommand(ENTRANT)).replaceAll('\n', '\n   ')}

   The same in CloudFormation:

   ${fenced('json', JSON.stringify(entryResource(ENTRANT), null, 2)).replaceAll('\n', '\n   ')}

   A cluster whose authentication mode is \`CONFIG_MAP\` takes a row of \`mapRoles\` in \`aws-auth\` instead; a role's path is left out there:

   ${fenced('yaml', `- ${JSON.stringify(awsAuthRow(ENTRANT))}`).replaceAll('\n', '\n   ')}

3. **In IAM**, in the account of the cluster: ${kubernetesPermissions().actions.map(code).join(' and ')}, besides what reading AWS takes ([permissions](permissions.md)). Without them the roles and metadata options of nodes are unknown, and everything else is read.

\`podtrust permissions --kubernetes --cluster NAME --principal ARN\` prints all of it with your names in it.

Whose role? On the command line that of your own credentials in your own account, and the read role (\`--read-role\`) in every account of \`--accounts\`. In the pipeline \`podtrust-collect\` (and, with repairs, \`podtrust-verify\`) in the hub's account, and the read role (\`podtrust-read\` unless configured) in the others: the token for a cluster is made with the credentials of the role that reads its account.

## What each missing right costs

| right | in \`view\` | undecided without it |
|---|---|---|
${READ_RIGHTS.map((right) => `| ${code(rightOf(right))} | ${right.view ? 'yes' : 'no'} | ${costOf(right)} |`).join('\n')}

Without Roles and bindings \`who-can\` ends at the ServiceAccount, and \`access\` does not say what groups give. Every read that failed is listed under coverage, and [use-kubernetes-access](rules/use-kubernetes-access.md) tells for each cluster which lists are missing and which rules that leaves undecided.

**With the access policy AmazonEKSViewPolicy alone**, which is made like the ClusterRole \`view\`, these reads fail: ${BEYOND_VIEW.map(({ resource }) => resource).join(', ')}. Undecided then, in part or whole: ${named(rulesNeeding(BEYOND_VIEW.flatMap(({ lists }) => lists)))}. The policy opens every ConfigMap, too, which podtrust does not need.

## On the command line

\`audit\`, \`collect\`, \`explain\`, \`who-can\`, \`list\` and \`access\` on live AWS read the Kubernetes API of each running cluster that answers within five seconds.

| option | |
|---|---|
| (none) | each cluster with the AWS credentials that read its account: a presigned token, as \`aws eks get-token\` makes it |
| \`--kubeconfig FILE\` | only the cluster that the file's context is about, with its user (certificate, token or program) |
| \`--context NAME\` | another context than the current one; alone: of \`KUBECONFIG\` or \`~/.kube/config\` |
| \`--no-kubernetes\` | no cluster is asked |

A context is about a cluster when its server is the cluster's endpoint, or its name is the cluster's ARN, as \`aws eks update-kubeconfig\` names it.

## In the pipeline

Clusters are left alone unless the configuration names them, by name, by ARN or by a tag:

${fenced(
  'json',
  JSON.stringify(
    {
      deployment: {
        kubernetes: {
          clusters: [{ cluster: 'prod' }, { clusterTag: { key: 'podtrust', value: 'read' } }],
          vpc: { subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] },
        },
      },
    },
    null,
    2,
  ),
)}

- The function \`collect\` reads them and, where repairs are configured, \`verify\`; no other bundle has the Kubernetes client, unless clusters are [written](repair.md#clusters). Whoever may tag clusters decides which ones are read: use names where that matters.
- \`vpc\` is for **private endpoints**: subnets and security groups of a VPC that has a route to the clusters' endpoints. The function reads AWS from there, too: the subnets need a way to the AWS APIs (a NAT gateway; IAM has no endpoint of its own in most regions). The clusters' security groups must let port 443 in from the function's. Without \`vpc\` the function is in no VPC, and public endpoints that narrow their sources (\`publicAccessCidrs\`) are out of its reach.
- The read roles of other accounts need the IAM actions above: deploy their stack (\`PodtrustReadRole\`) again after the first cluster is configured.

## When a cluster cannot be read

A failed read is a gap, never an error: the rest of the audit goes on.

| what is told | what to do |
|---|---|
| the endpoint did not answer in time; its name is not known here | the endpoint is private: run podtrust where a route leads, or configure \`vpc\` |
| the caller is not let in (401) | create the access entry: the gap has the command. Expired credentials look the same to the API server |
| not allowed (403) | apply the manifest, and give the entry the group |
| the certificate is not signed by an authority that is trusted for it | something in between ends TLS: an inspecting proxy, or another cluster behind the name |
| the list changed too much while it was read (410), asked to come later (429), cut, slow | podtrust tried again, up to four times; the next audit will do |
`;
}
