import { parseArn } from '../iam/arn.ts';
import { decodedText, type Fields, fields, inner, text } from './fields.ts';
import { isClusterName, resourceArns } from './names.ts';

/** The objects of an answer that carry the cluster's name. */
const ANSWERS = [
  'cluster',
  'association',
  'accessEntry',
  'addon',
  'associatedAccessPolicy',
  'nodegroup',
  'fargateProfile',
  'capability',
];

/** Keys under which requests and answers carry an ARN that has the cluster's name in it. */
const ARN_KEYS = ['resourceArn', 'arn', 'associationArn', 'accessEntryArn', 'addonArn', 'clusterArn'];

/**
 * The cluster that a record of EKS is about. The key is not stable: the wire's path parameter was `{name}`, which
 * published records of CreateAccessEntry show, while the API's model and AWS's sample of CreateCluster say
 * `clusterName`. So both are tried, then the answer, then every ARN that has the name in it.
 */
export function clusterNameIn(record: Fields): string | undefined {
  const asked = fields(record['requestParameters']);
  const answered = fields(record['responseElements']);
  const answers = [...ANSWERS.map((key) => inner(answered, key)), answered];
  const named = [
    decodedText(asked, 'name'),
    decodedText(asked, 'clusterName'),
    text(inner(answered, 'cluster'), 'name'),
    ...answers.map((answer) => text(answer, 'clusterName')),
  ];
  const arns = [
    ...[asked, ...answers].flatMap((of) => ARN_KEYS.map((key) => decodedText(of, key, 2048))),
    ...resourceArns(record),
  ];
  return [...named, ...arns.map(clusterOfArn)].find((name) => name !== undefined && isClusterName(name));
}

/** `cluster/NAME`, `access-entry/NAME/…`, `podidentityassociation/NAME/a-…`, `addon/NAME/…`, `nodegroup/NAME/…`, … */
function clusterOfArn(text: string | undefined): string | undefined {
  const arn = text === undefined ? null : parseArn(text);
  if (arn?.service !== 'eks') return undefined;
  return /^(?:cluster|access-entry|podidentityassociation|addon|nodegroup|fargateprofile|identityproviderconfig|capability)\/([^/]+)/.exec(
    arn.resource,
  )?.[1];
}
