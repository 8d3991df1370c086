import {
  accessPolicy,
  entry,
  groupBinding,
  kubernetes,
  teamRole,
} from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-powerless-access-entry.ts';
import { withEntries } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const nothing = (changes = {}) => entry({ policies: [], ...changes });
const blind = { cluster: { kubernetes: {} } };
const VIEW = { name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
const bound = (...bindings: ReturnType<typeof groupBinding>[]) => ({
  cluster: { kubernetes: kubernetes({ bindings, roles: [VIEW] }) },
});
const toUser = (name: string) => ({
  name: 'emr',
  namespace: 'emr',
  role: { kind: 'ClusterRole' as const, name: 'view' },
  subjects: [{ kind: 'User' as const, name }],
});
const { policies: _, ...listed } = entry();
const ofAutoMode = { type: 'EC2', groups: [], username: 'system:node:{{EC2PrivateDNSName}}' };

ruleCases(rule, [
  {
    when: 'an entry for nodes of Auto Mode without their policy',
    estate: withEntries([nothing(ofAutoMode)]),
    is: 'fail',
    severity: 'high',
    says: /has type EC2 and no AmazonEKSAutoNodePolicy/,
  },
  {
    when: 'an entry for nodes of Auto Mode with another policy',
    estate: withEntries([entry(ofAutoMode)]),
    is: 'fail',
  },
  {
    when: 'an entry for nodes of Auto Mode with their policy',
    estate: withEntries([entry({ ...ofAutoMode, policies: [accessPolicy('AmazonEKSAutoNodePolicy')] })]),
    is: 'pass',
  },
  {
    when: 'an entry for nodes of Auto Mode whose policies were not read',
    estate: withEntries([{ ...listed, ...ofAutoMode }]),
    is: 'unknown',
    says: /policies of the entry were not read/,
  },
  {
    when: 'an entry for nodes of Auto Mode whose role does not exist: that is told',
    estate: withEntries([nothing(ofAutoMode)], { roles: [] }),
    is: 'pass',
  },
  {
    when: 'a STANDARD entry with the policy of nodes of Auto Mode: its type is at fault',
    estate: withEntries([entry({ policies: [accessPolicy('AmazonEKSAutoNodePolicy')] })]),
    is: 'pass',
  },
  {
    when: 'no policy, no group',
    estate: withEntries([nothing()]),
    is: 'fail',
    severity: 'medium',
    says: /no binding names/,
  },
  { when: 'the same, and the bindings were not read', estate: withEntries([nothing()], blind), is: 'fail' },
  {
    when: 'a username of its own that no binding names',
    estate: withEntries([nothing({ username: 'emr-containers' })]),
    is: 'fail',
  },
  {
    when: 'a username of its own, and the bindings were not read',
    estate: withEntries([nothing({ username: 'emr-containers' })], blind),
    is: 'unknown',
  },
  {
    when: 'a binding names its username, as EMR on EKS is set up',
    estate: withEntries([nothing({ username: 'emr-containers' })], bound(toUser('emr-containers'))),
    is: 'pass',
  },
  {
    when: 'a binding names one session of the role',
    estate: withEntries([nothing()], bound(toUser('arn:aws:sts::111122223333:assumed-role/team/deploy'))),
    is: 'pass',
  },
  {
    when: 'a binding lets everyone who signs in look',
    estate: withEntries([nothing()], bound(groupBinding('view', 'system:authenticated'))),
    is: 'pass',
  },
  {
    when: 'only what Kubernetes gives everyone',
    estate: withEntries([nothing()], bound(groupBinding('system:basic-user', 'system:authenticated'))),
    is: 'fail',
  },
  {
    when: 'the policies of the entry were not read',
    estate: withEntries([{ ...listed, groups: [] }]),
    is: 'unknown',
  },
  { when: 'a policy', estate: withEntries([entry()]), is: 'pass' },
  { when: 'a group, bound or not', estate: withEntries([nothing({ groups: ['viewers'] })]), is: 'pass' },
  {
    when: 'the role does not exist: that is told',
    estate: withEntries([nothing()], { roles: [] }),
    is: 'pass',
  },
  {
    when: 'the role was made again: that is told',
    estate: withEntries([nothing()], { roles: [teamRole({ created: '2026-03-01T00:00:00Z' })] }),
    is: 'pass',
  },
  {
    when: 'an entry for nodes, which has no policies',
    estate: withEntries([nothing({ type: 'EC2_LINUX', groups: ['system:nodes'] })]),
    is: 'not applicable',
  },
  {
    when: 'a STANDARD entry for the role of nodes: its type is at fault',
    estate: withEntries([nothing()], {
      cluster: { nodegroups: [{ name: 'workers', roleArn: entry().principalArn }] },
    }),
    is: 'not applicable',
  },
]);
