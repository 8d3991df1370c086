import { stringify } from 'yaml';
import type { Change, ChangeOf } from '../../changes/change.ts';
import { mergePatch } from '../../changes/merge-patch.ts';
import type { Snippet } from '../../changes/plan.ts';

/** What a change of a cluster is in kubectl and in the values of a chart; nothing for changes of AWS. */
export function kubectlFor(change: Change): Snippet[] {
  switch (change.kind) {
    case 'aws-auth':
      return [awsAuth(change)];
    case 'service-account-annotation':
      return [annotation(change), helm(change)];
    case 'oidc-provider':
    case 'trust-policy':
    case 'pod-identity-association':
    case 'addon':
    case 'access-entry':
    case 'access-policy':
    case 'authentication-mode':
      return [];
  }
}

function awsAuth({ target: { cluster }, before, after }: ChangeOf<'aws-auth'>): Snippet {
  const map = 'configmap/aws-auth --namespace kube-system';
  const metadata = { name: 'aws-auth', namespace: 'kube-system' };
  const text =
    after === null
      ? `kubectl delete ${map}\n`
      : before === null
        ? fed('kubectl create -f -', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: after.data })
        : fed(`kubectl patch ${map} --type merge --patch-file /dev/stdin`, {
            data: mergePatch(before.data, after.data),
          });
  return {
    form: 'kubectl',
    title: `kubectl, with the context of cluster ${cluster}, as long as aws-auth is as the plan says`,
    target: `kube-system/aws-auth of cluster ${cluster}`,
    text,
  };
}

function annotation({ target, after }: ChangeOf<'service-account-annotation'>): Snippet {
  const { cluster, namespace, serviceAccount, annotation: name } = target;
  const patch = { metadata: { annotations: { [name]: after } } };
  return {
    form: 'kubectl',
    title: `kubectl, with the context of cluster ${cluster}`,
    target: `${namespace}/${serviceAccount} of cluster ${cluster}`,
    text: fed(
      `kubectl patch serviceaccount ${quoted(serviceAccount)} --namespace ${quoted(namespace)} --type merge --patch-file /dev/stdin`,
      patch,
    ),
  };
}

/** Most charts take them there; what a chart sets, it sets again at its next release. */
function helm({ target, after }: ChangeOf<'service-account-annotation'>): Snippet {
  const { cluster, namespace, serviceAccount, annotation: name } = target;
  return {
    form: 'helm',
    title: 'values of the chart that makes the ServiceAccount; null takes the annotation away',
    target: `${namespace}/${serviceAccount} of cluster ${cluster}`,
    text: stringify({ serviceAccount: { annotations: { [name]: after } } }, { lineWidth: 0 }),
  };
}

/** A document on standard input that no shell reads: a line of JSON is never the word that ends it. */
const fed = (command: string, document: object): string =>
  `${command} <<'PODTRUST'\n${JSON.stringify(document)}\nPODTRUST\n`;

const quoted = (name: string): string => `'${name.replaceAll("'", `'\\''`)}'`;
