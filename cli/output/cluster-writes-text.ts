import { awsAuthRow, type Entrant, entryCommand } from '../../shared/kubernetes/access/read-entry.ts';
import {
  ANNOTATE_GROUP,
  ANNOTATION_RIGHTS,
  AWS_AUTH_RIGHTS,
  WRITE_GROUP,
} from '../../shared/kubernetes/access/write-rights.ts';
import { plain } from './plain.ts';

/** What lets podtrust write a cluster, for people. */
export function clusterWritesText(entrant: Entrant): string {
  const rights = (rules: typeof AWS_AUTH_RIGHTS) =>
    rules.map(
      ({ verbs, resources, resourceNames = [] }) =>
        `    ${verbs.join(', ')} ${[...resources, ...resourceNames].join('/')}`,
    );
  return [
    `In the cluster, the group ${WRITE_GROUP}, in kube-system alone:`,
    ...rights(AWS_AUTH_RIGHTS),
    '  podtrust permissions --kubernetes --write --output yaml | kubectl apply -f -',
    '',
    'To enter the cluster, an access entry of the role that writes, with that group:',
    `  ${plain(entryCommand(entrant))}`,
    'or, where the cluster looks at aws-auth alone, a row of mapRoles:',
    `  - ${plain(JSON.stringify(awsAuthRow(entrant)))}`,
    '',
    `For annotations of ServiceAccounts besides, the group ${ANNOTATE_GROUP} (docs/kubernetes/podtrust-annotate.yaml):`,
    ...rights(ANNOTATION_RIGHTS),
    '',
    'In the pipeline, the ARN of the cluster under fixes.kubernetes (docs/repair.md, "Clusters").',
    '',
  ].join('\n');
}
