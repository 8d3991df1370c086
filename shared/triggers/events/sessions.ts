import { clusterNameIn } from '../cluster-name.ts';
import { type Fields, field, fields, objects, text } from '../fields.ts';
import { isClusterName, resourceArns, roleArnIn } from '../names.ts';
import type { Reading, SessionTrigger, TriggerFrame } from '../trigger.ts';
import { webIdentityOf } from '../web-identity.ts';
import type { EventReader } from './reader.ts';

/** The service principal under which EKS assumes the roles of associations. */
const PODS = 'pods.eks.amazonaws.com';

type Found = Partial<Omit<SessionTrigger, keyof TriggerFrame | 'kind' | 'via' | 'region'>>;

/** Credentials that pods ask for. Tokens and credentials in these records are not read at all. */
export const sessionReaders: readonly EventReader[] = [
  {
    service: 'sts.amazonaws.com',
    name: 'AssumeRoleWithWebIdentity',
    records: 'session',
    read: (frame, record) => {
      const identity = webIdentityOf(record);
      // GitHub, Cognito, Google and others: not the pods of a cluster.
      if (identity.subject !== undefined && identity.serviceAccount === undefined)
        return ignored('the subject is not a ServiceAccount');
      return session(frame, 'web-identity', { ...identity, ...roleIn(record) });
    },
  },
  {
    service: 'eks-auth.amazonaws.com',
    name: 'AssumeRoleForPodIdentity',
    records: 'session',
    read: (frame, record) => {
      const clusterName = clusterNameIn(record);
      return session(frame, 'pod-identity', clusterName === undefined ? {} : { clusterName });
    },
  },
  {
    service: 'sts.amazonaws.com',
    name: 'AssumeRole',
    records: 'session',
    read: (frame, record) =>
      frame.actor.service === PODS
        ? session(frame, 'pod-identity-role', { ...taggedIdentity(record), ...roleIn(record) })
        : ignored('the role was not assumed for a pod'),
  },
];

function session(frame: TriggerFrame, via: SessionTrigger['via'], found: Found): Reading {
  if (found.roleArn === undefined && found.clusterName === undefined && found.subject === undefined)
    return ignored('the record names neither role nor cluster nor ServiceAccount');
  return {
    outcome: 'trigger',
    trigger: { ...frame, kind: 'session', via, region: frame.event.region, ...found },
  };
}

/** The role that was asked for, else the one that CloudTrail lists. */
function roleIn(record: Fields): { roleArn?: string } {
  const listed = resourceArns(record).map((roleArn) => roleArnIn({ roleArn }, 'roleArn'));
  const roleArn = [roleArnIn(fields(record['requestParameters']), 'roleArn'), ...listed].find(
    (arn) => arn !== undefined,
  );
  return roleArn === undefined ? {} : { roleArn };
}

/** ServiceAccount and cluster by the session tags that EKS sets; none when the association switched them off. */
function taggedIdentity(record: Fields): Found {
  const tags = new Map(
    objects(field(fields(record['requestParameters']), 'tags')).map((tag) => [
      text(tag, 'key', 128) ?? '',
      text(tag, 'value', 256),
    ]),
  );
  const namespace = tags.get('kubernetes-namespace');
  const serviceAccount = tags.get('kubernetes-service-account');
  const clusterName = tags.get('eks-cluster-name');
  return {
    ...(namespace !== undefined && { namespace }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    ...(clusterName !== undefined && isClusterName(clusterName) && { clusterName }),
  };
}

function ignored(reason: string): Reading {
  return { outcome: 'ignored', reason };
}
