import { draftNarrowing } from '../plans/drafts/tighten.ts';
import { defineRule } from './define-rule.ts';
import { exactSubjects, realFacts, realWords } from './doors/real-subjects.ts';
import { admitsNobody, doorName, type WebDoor, webDoorsOf } from './doors/web-door.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { intendedSubjects } from './intent.ts';
import { doorWhere } from './places.ts';
import { withCondition } from './policy-change.ts';
import { BEST_PRACTICES, IRSA_ROLE } from './references.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Statements that let every ServiceAccount of a cluster in, because they do not ask for one. */
export default defineRule({
  number: 'PT-117',
  name: 'no-missing-subject',
  kind: 'open',
  fix: 'guarded',
  title: 'Every ServiceAccount of a cluster can assume the role',
  why: "A web-identity statement without a condition on the token's subject accepts each token that the cluster issues: whoever can run a pod in any namespace of it becomes this role.",
  remedy:
    'Add a StringEquals condition on `<issuer>:sub` with the subjects that use the role, `system:serviceaccount:<namespace>:<name>`.',
  references: [IRSA_ROLE, BEST_PRACTICES],
  examples: () => ({
    fails: roleExample(
      'Only the audience is asked for, and every pod of the cluster has it',
      trustPolicy(irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } } })),
    ),
    passes: roleExample('One ServiceAccount', trustPolicy(irsaStatement())),
  }),
  needs: ['roles'],
  subjects: ({ roles, estate }) => webDoorsOf(roles, estate),
  where: doorWhere,
  check: (door, { config }) => {
    if (openStatements(door).length === 0 || admitsNobody(door) === 'denied') return pass;
    return fail({
      issuer: door.issuer.key,
      conditional: admitsNobody(door) === 'undecided',
      intended: intendedSubjects(config, door.role, door.cluster),
      ...realFacts(door),
      ...privilegeFacts(door.role),
    });
  },
  severity: (evidence) => weighted('cluster', evidence.privileges),
  message: (evidence, door) =>
    `${door.role.name} can be assumed by every ServiceAccount of ${doorName(door)}: no condition on ${door.issuer.key}:sub${evidence.conditional ? ', though other conditions may narrow it' : ''}; ${leadsTo(evidence.privileges)}.${realWords(evidence)}`,
  identity: (evidence) => [evidence.issuer],
  repair: (evidence, door) => ({
    text: `Add to the statement for ${doorName(door)} a StringEquals condition on ${door.issuer.key}:sub with the subjects that use the role.`,
    ...withCondition(
      door.role,
      openStatements(door),
      'StringEquals',
      `${door.issuer.key}:sub`,
      exactSubjects(door, evidence),
    ),
  }),
  plan: (evidence, door, { config }, repair) => draftNarrowing(door, repair, evidence, config),
});

function openStatements(door: WebDoor) {
  return door.statements.filter(({ subject }) => subject.length === 0).map(({ statement }) => statement);
}
