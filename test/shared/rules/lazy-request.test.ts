import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { podIdentityRequests, webIdentityRequest } from '../../../shared/iam/requests.ts';
import { lazyPodIdentityRequests, lazyWebIdentityRequest } from '../../../shared/rules/doors/lazy-request.ts';
import { CLUSTER_ARN, ISSUER, PROVIDER, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';

const KEYS = [
  `${ISSUER.toLowerCase()}:sub`,
  `${ISSUER.toLowerCase()}:aud`,
  `${ISSUER.toLowerCase()}:amr`,
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:requesttag/kubernetes-namespace',
  'aws:requesttag/kubernetes-service-account',
  'aws:requesttag/kubernetes-pod-name',
  'aws:requesttag/eks-cluster-name',
  'aws:requesttag/other',
  'aws:tagkeys',
  'sts:externalid',
  'other',
];
const text = fc.string();

describe('lazy requests are those of the evaluator', () => {
  it('for web identities', () => {
    const same = fc.property(text, text, fc.constantFrom(...KEYS), (subject, audience, key) => {
      const i = { provider: PROVIDER, issuerKey: ISSUER, subject, audience, roleArn: ROLE_ARN };
      const [lazy, full] = [lazyWebIdentityRequest(i), webIdentityRequest(i)];
      expect({ ...lazy, context: lazy.context(key) }).toEqual({ ...full, context: full.context(key) });
    });
    void fc.assert(same);
  });

  it('for Pod Identity', () => {
    const same = fc.property(
      text,
      text,
      fc.boolean(),
      fc.constantFrom(...KEYS),
      (namespace, serviceAccount, tags, key) => {
        const i = {
          clusterArn: CLUSTER_ARN,
          account: '111122223333',
          namespace,
          serviceAccount,
          tags,
          roleArn: ROLE_ARN,
        };
        const { assume, tagSession } = podIdentityRequests(i);
        const asked = (request: typeof assume) => ({ ...request, context: request.context(key) });
        expect(lazyPodIdentityRequests(i).map(asked)).toEqual(
          [assume, ...(tagSession ? [tagSession] : [])].map(asked),
        );
      },
    );
    void fc.assert(same);
  });
});
