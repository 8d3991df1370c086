import type { AssociationView, Estate, RoleView } from '../estate/estate.ts';
import type { Step } from '../identity/chain.ts';
import { resourceControlStep } from '../identity/control-steps.ts';
import { nodeRoleControlStep } from '../identity/node-calls.ts';
import { podIdentityChain } from '../identity/pod-identity-chain.ts';
import { STS_AUDIENCE } from '../identity/service-account.ts';
import { defineRule } from './define-rule.ts';
import { lazyWebIdentityRequest } from './doors/lazy-request.ts';
import { isServiceLinked } from './doors/role-kinds.ts';
import { decidingPatterns } from './doors/subject-shape.ts';
import { type WebDoor, webDoors } from './doors/web-door.ts';
import { ACCOUNT, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { CONTROL_POLICIES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Roles that a policy of the organization keeps pods from, and roles of nodes that it keeps from fetching credentials for pods. */
export default defineRule({
  number: 'PT-127',
  name: 'no-denying-control-policy',
  kind: 'broken',
  fix: 'manual',
  title: 'A policy of the organization keeps pods from their role',
  why: 'A Deny of a resource control policy refuses a call whatever the trust policy says. Tokens of pods come without AWS credentials, so keys such as aws:PrincipalOrgID are not there: a data perimeter that asks for them with IfExists shuts out every IAM role for service accounts. A service control policy does the same to a role that assumes another, and to the nodes: the agent of Pod Identity calls eks-auth:AssumeRoleForPodIdentity with the role of its node, and an allow list with eks:* does not hold that service.',
  remedy:
    'Have the policy except these calls: leave sts:AssumeRoleWithWebIdentity out of it and restrict that by the issuer instead, or except the roles by a tag; let the roles of nodes call eks-auth:AssumeRoleForPodIdentity in the regions of the clusters. Nothing in the account can allow what it denies.',
  references: [CONTROL_POLICIES],
  examples: () => {
    const example = (title: string, Action: string) => {
      const document = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'OwnOrganizationAlone',
            Effect: 'Deny',
            Principal: '*',
            Action,
            Resource: '*',
            Condition: {
              StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
              BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
            },
          },
        ],
      });
      const policy = { id: 'p-examplercp1', name: 'data-perimeter', document, targets: ['r-ab12'] };
      return {
        ...roleExample(title, trustPolicy(irsaStatement()), {
          organization: {
            id: 'o-a1b2c3d4e5',
            managementAccount: '999999999999',
            controlPolicies: {
              resource: { enabled: true, policies: [policy] },
              paths: { [ACCOUNT]: 'r-ab12' },
            },
          },
        }),
        show: JSON.stringify(JSON.parse(document), null, 2),
      };
    };
    return {
      fails: example('The perimeter is about every action of STS', 'sts:*'),
      passes: example('The perimeter leaves web identities out', 'sts:AssumeRole'),
    };
  },
  needs: ['roles'],
  subjects: ({ roles, estate }) =>
    wasAsked(estate)
      ? roles.filter((role) => !isServiceLinked(role) && stepsOf(role, estate).length > 0)
      : [],
  where: roleWhere,
  check: (role, { estate }) => {
    const steps = stepsOf(role, estate);
    const refused = steps.filter(({ status }) => status === 'fail');
    if (refused.length > 0) {
      const nodes = refused.every(({ check }) => check === NODES);
      return fail({ reasons: distinct(refused), ...(nodes && { nodes }) });
    }
    const open = steps.find(({ status }) => status === 'unknown' || status === 'not-evaluated');
    return open === undefined ? pass : unknown({ read: 'organizations:ListPolicies', reason: open.detail });
  },
  severity: () => 'high',
  message: ({ reasons, nodes }, { name }) =>
    nodes === true ? `${name}: ${reasons[0] ?? ''}` : `Pods cannot become ${name}. ${reasons[0] ?? ''}`,
  identity: ({ reasons }) => reasons,
});

/** True when the organization was asked for its policies, whether it answered or not. */
function wasAsked({ snapshot }: Estate): boolean {
  return (
    snapshot.organization?.controlPolicies !== undefined ||
    snapshot.coverage.some(({ read }) => read.startsWith('organizations:'))
  );
}

const known = new WeakMap<Estate, WeakMap<RoleView, readonly Step[]>>();

/** What the organization says of each way in which pods get the role; empty for roles that no pod gets. */
function stepsOf(role: RoleView, estate: Estate): readonly Step[] {
  const ofEstate = known.get(estate) ?? new WeakMap<RoleView, readonly Step[]>();
  known.set(estate, ofEstate);
  let steps = ofEstate.get(role);
  if (steps === undefined) {
    const associations = (estate.associationsByRole.get(role.role.arn) ?? []).filter(
      ({ association }) => association.roleArn === role.role.arn,
    );
    steps = [
      ...webDoors(role, estate).flatMap((door) => ofDoor(door, estate)),
      ...associations.flatMap((view) => ofAssociation(view, estate)),
      ...ofNodes(role, estate),
    ];
    ofEstate.set(role, steps);
  }
  return steps;
}

/** A policy of an organization rarely looks at the subject: one for each pattern stands for all. */
function ofDoor({ role, issuer, providerArn, cluster, statements }: WebDoor, estate: Estate): Step[] {
  if (cluster === null) return [];
  const patterns = statements.flatMap(({ subject }) =>
    decidingPatterns(subject).map(({ pattern }) => pattern),
  );
  const subjects = new Set((patterns.length === 0 ? ['system:serviceaccount:*:*'] : patterns).map(typical));
  const calls = [...subjects].map((subject) =>
    lazyWebIdentityRequest({
      provider: providerArn,
      issuerKey: issuer.key,
      subject,
      audience: STS_AUDIENCE,
      roleArn: role.role.arn,
      ...(role.account.takenAt === undefined ? {} : { at: role.account.takenAt }),
    }),
  );
  return [resourceControlStep(role, calls, estate)];
}

const typical = (pattern: string): string => pattern.replace(/[*?]+/g, 'any');

const CHECKS: ReadonlySet<string> = new Set(['resource-control-policies', 'service-control-policies']);

function ofAssociation(view: AssociationView, estate: Estate): Step[] {
  return podIdentityChain(view, estate).steps.filter(({ check }) => CHECKS.has(check));
}

const NODES = 'node-control-policies';

/** What the organization says of the agent's call with the role of a node, in each cluster that needs it. */
function ofNodes(role: RoleView, estate: Estate): Step[] {
  return role.account.clusters
    .filter(({ cluster }) => (cluster.podIdentityAssociations?.length ?? 0) > 0)
    .flatMap((view) => nodeRoleControlStep(role.role.arn, view, estate) ?? []);
}

function distinct(steps: readonly Step[]): string[] {
  return [...new Set(steps.map(({ detail }) => detail))].sort();
}
