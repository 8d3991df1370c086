import { cluster, estateOf, ISSUER, irsaStatement, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import { clusterWith } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-addon-identity-conflict.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const ARN = 'arn:aws:eks:eu-west-1:111122223333:podidentityassociation/shop/a-1';
const driver = (changes = {}) => ({
  clusters: [
    cluster({ addons: [{ name: 'aws-ebs-csi-driver', serviceAccountRoleArn: ROLE_ARN, ...changes }] }),
  ],
});
const trustsDriver = irsaStatement({
  Condition: {
    StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:kube-system:ebs-csi-controller-sa' },
  },
});
const { addons: _, ...unread } = cluster();

ruleCases(rule, [
  {
    when: 'a role and associations',
    estate: trusting([trustsDriver], driver({ podIdentityAssociations: [ARN] })),
    is: 'fail',
    severity: 'medium',
    says: /associations/,
  },
  {
    when: 'the role does not let the ServiceAccount of the add-on in',
    estate: trusting([irsaStatement()], driver()),
    is: 'fail',
    says: /ebs-csi-controller-sa/,
  },
  { when: 'the role does not exist', estate: estateOf(driver()), is: 'fail', says: /does not exist/ },
  {
    when: "the role of a partner's add-on does not exist",
    estate: estateOf(driver({ name: 'some-partner_addon' })),
    is: 'fail',
    says: /some-partner_addon.*does not exist/,
  },
  {
    when: 'Kubernetes shows the ServiceAccount that goes without: no-missing-annotated-role says so',
    estate: estateOf({
      clusters: [clusterWith({}, { addons: [{ name: 'adot', serviceAccountRoleArn: ROLE_ARN }] })],
    }),
    is: 'pass',
  },
  { when: 'the role lets it in', estate: trusting([trustsDriver], driver()), is: 'pass' },
  {
    when: 'an add-on whose ServiceAccount is not known here',
    estate: trusting([irsaStatement()], driver({ name: 'some-partner_addon' })),
    is: 'pass',
  },
  {
    when: 'the provider is missing, which has its own rule',
    estate: trusting([trustsDriver], { ...driver(), oidcProviders: [] }),
    is: 'pass',
  },
  { when: 'the roles were not read', estate: without('roles', estateOf(driver())), is: 'unknown' },
  { when: 'the add-ons were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  {
    when: 'an add-on without a role',
    estate: estateOf({ clusters: [cluster({ addons: [{ name: 'coredns' }] })] }),
    is: 'not applicable',
  },
]);
