import { parseArn } from './arn.ts';
import type { ContextValue, Request } from './request.ts';
import { callerValues, timeValues } from './requests.ts';

/** What the agent asks of EKS for a pod, with the credentials of its node (EKS Auth API reference, AssumeRoleForPodIdentity). */
export const POD_CREDENTIALS_ACTION = 'eks-auth:AssumeRoleForPodIdentity';

/**
 * The agent's `eks-auth:AssumeRoleForPodIdentity`, by the role of a node, on its cluster and in the cluster's region. What
 * the network, the instance or the way of hybrid nodes to their credentials adds is `unknown`.
 */
export function podCredentialsRequest(i: {
  nodeRoleArn: string;
  clusterArn: string;
  account: string;
  /** The `o-…` id of the account's organization, where it was read. */
  organization?: string;
  at?: string;
}): Request {
  const region = parseArn(i.clusterArn)?.region ?? '';
  const organization: ContextValue = i.organization === undefined ? 'unknown' : [i.organization];
  const values = new Map<string, ContextValue>([
    ['aws:principalarn', [i.nodeRoleArn]],
    ['aws:principalaccount', [i.account]],
    ['aws:principalorgid', organization],
    ['aws:principalisawsservice', ['false']],
    ['aws:resourceaccount', [i.account]],
    ['aws:resourceorgid', organization],
    ['aws:requestedregion', region === '' ? 'present' : [region]],
    ['aws:userid', 'present'],
    ['aws:securetransport', ['true']],
    ['aws:viaawsservice', ['false']],
    ...timeValues(i.at),
    ...callerValues(i.nodeRoleArn),
  ]);
  return {
    caller: { kind: 'aws', arn: i.nodeRoleArn, account: i.account },
    action: POD_CREDENTIALS_ACTION,
    resource: i.clusterArn,
    context: (key) => values.get(key) ?? (isAbsent(key) ? 'absent' : 'unknown'),
  };
}

/** Keys of calls that a service makes or hands on, and of calls with tags: this one is neither. */
const ABSENT: readonly RegExp[] = [
  /^aws:source(arn|account|org|owner)/,
  /^aws:calledvia/,
  /^aws:principalservicename/,
  /^aws:(requesttag\/|tagkeys$|federatedprovider$|chatbotsourcearn$)/,
];

const isAbsent = (key: string): boolean => ABSENT.some((pattern) => pattern.test(key));
