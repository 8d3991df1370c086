import { fields, inner } from '../fields.ts';
import { policyArnIn } from '../names.ts';
import { changeReaders } from './reader.ts';

/** IAM's writes of managed policies that roles can have already: parameters { policyArn, … }. */
export const policyReaders = changeReaders(
  'iam.amazonaws.com',
  ['CreatePolicyVersion', 'SetDefaultPolicyVersion', 'DeletePolicyVersion', 'DeletePolicy'],
  (frame, record) => {
    const policyArn =
      policyArnIn(fields(record['requestParameters']), 'policyArn') ??
      policyArnIn(inner(fields(record['responseElements']), 'policy'), 'arn');
    return policyArn === undefined ? null : { ...frame, kind: 'policy', policyArn };
  },
);
