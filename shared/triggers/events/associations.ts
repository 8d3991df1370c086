import { clusterNameIn } from '../cluster-name.ts';
import { type Fields, fields, inner, text } from '../fields.ts';
import { isRegion, roleArnIn } from '../names.ts';
import { changeReaders } from './reader.ts';

const CHANGES = {
  CreatePodIdentityAssociation: 'created',
  UpdatePodIdentityAssociation: 'changed',
  DeletePodIdentityAssociation: 'deleted',
} as const;

/**
 * EKS's writes of Pod Identity associations. Update and delete ask by id alone; the answer, where there is one, has the
 * whole association. No record of them was published: the request's names win, the answer's fill in.
 */
export const associationReaders = changeReaders(
  'eks.amazonaws.com',
  ['CreatePodIdentityAssociation', 'UpdatePodIdentityAssociation', 'DeletePodIdentityAssociation'],
  (frame, record, name) => {
    const clusterName = clusterNameIn(record);
    const { region } = frame.event;
    if (clusterName === undefined || !isRegion(region)) return null;
    const places = [
      fields(record['requestParameters']),
      inner(fields(record['responseElements']), 'association'),
    ];
    const first = (read: (of: Fields) => string | undefined) =>
      places.map(read).find((each) => each !== undefined);
    const associationId = first((of) => named(text(of, 'associationId', 64), ASSOCIATION_ID));
    const namespace = first((of) => named(text(of, 'namespace', 128), KUBERNETES_NAME));
    const serviceAccount = first((of) => named(text(of, 'serviceAccount', 300), KUBERNETES_NAME));
    const roleArn = first((of) => roleArnIn(of, 'roleArn'));
    const targetRoleArn = first((of) => roleArnIn(of, 'targetRoleArn'));
    return {
      ...frame,
      kind: 'association',
      change: CHANGES[name],
      region,
      clusterName,
      ...(associationId !== undefined && { associationId }),
      ...(namespace !== undefined && { namespace }),
      ...(serviceAccount !== undefined && { serviceAccount }),
      ...(roleArn !== undefined && { roleArn }),
      ...(targetRoleArn !== undefined && { targetRoleArn }),
    };
  },
);

const ASSOCIATION_ID = /^a-[a-z0-9]{1,60}$/i;

/** EKS does not ask Kubernetes whether a name exists, so this is wider than Kubernetes is. */
const KUBERNETES_NAME = /^[\w.-]{1,253}$/;

function named(value: string | undefined, pattern: RegExp): string | undefined {
  return value !== undefined && pattern.test(value) ? value : undefined;
}
