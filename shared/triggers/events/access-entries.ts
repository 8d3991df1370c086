import { clusterNameIn } from '../cluster-name.ts';
import { fields, inner } from '../fields.ts';
import { isRegion, policyArnIn, principalArnIn } from '../names.ts';
import { changeReaders } from './reader.ts';

const CHANGES = {
  CreateAccessEntry: 'created',
  UpdateAccessEntry: 'changed',
  DeleteAccessEntry: 'deleted',
  AssociateAccessPolicy: 'changed',
  DisassociateAccessPolicy: 'changed',
} as const;

/** EKS's writes of access entries. A principal that was part of the URL's path is percent-encoded in the record. */
export const accessEntryReaders = changeReaders(
  'eks.amazonaws.com',
  [
    'CreateAccessEntry',
    'UpdateAccessEntry',
    'DeleteAccessEntry',
    'AssociateAccessPolicy',
    'DisassociateAccessPolicy',
  ],
  (frame, record, name) => {
    const clusterName = clusterNameIn(record);
    const { region } = frame.event;
    if (clusterName === undefined || !isRegion(region)) return null;
    const parameters = fields(record['requestParameters']);
    const answered = fields(record['responseElements']);
    const principalArn =
      principalArnIn(parameters, 'principalArn') ??
      principalArnIn(inner(answered, 'accessEntry'), 'principalArn') ??
      principalArnIn(answered, 'principalArn');
    const policyArn =
      policyArnIn(parameters, 'policyArn') ??
      policyArnIn(inner(answered, 'associatedAccessPolicy'), 'policyArn');
    return {
      ...frame,
      kind: 'access-entry',
      change: CHANGES[name],
      region,
      clusterName,
      ...(principalArn !== undefined && { principalArn }),
      ...(policyArn !== undefined && { policyArn }),
    };
  },
);
