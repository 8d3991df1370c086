import type { Severity } from '../findings/finding.ts';
import type { Grade } from '../iam/privileges.ts';
import { malformedSubject } from '../identity/malformed-subject.ts';
import { hasWildcard, subjectOf } from '../identity/service-account.ts';
import { draftNarrowing } from '../plans/drafts/tighten.ts';
import { defineRule } from './define-rule.ts';
import { exactSubjects, realFacts, realWords } from './doors/real-subjects.ts';
import {
  decidingPatterns,
  hasPattern,
  isPositive,
  SHAPES,
  type Shape,
  type SubjectPattern,
} from './doors/subject-shape.ts';
import { admits, doorName, NOBODY, type WebDoor, webDoorsOf } from './doors/web-door.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { intendedSubjects } from './intent.ts';
import { doorWhere } from './places.ts';
import { withConditionsReplaced } from './policy-change.ts';
import { BEST_PRACTICES, IRSA_ROLE, OPERATORS } from './references.ts';
import { fail, pass } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Subject patterns that admit ServiceAccounts nobody named. A pattern over names inside one namespace is only shown. */
export default defineRule({
  number: 'PT-118',
  name: 'no-wildcard-subject',
  kind: 'open',
  fix: 'guarded',
  title: 'A subject pattern admits more ServiceAccounts than it names',
  why: 'Whoever can create a ServiceAccount that fits the pattern becomes the role. `*` crosses colons: `system:serviceaccount:dev*` admits every ServiceAccount of every namespace whose name begins with dev, those that do not exist yet included.',
  remedy: 'Name the subjects that use the role under StringEquals.',
  references: [IRSA_ROLE, OPERATORS, BEST_PRACTICES],
  examples: () => ({
    fails: roleExample(
      'Every namespace that begins with dev',
      patternTrust('system:serviceaccount:dev-*:checkout'),
    ),
    passes: roleExample(
      'Two ServiceAccounts by name, under an operator that would take wildcards',
      trustPolicy(
        irsaStatement({
          Condition: {
            StringLike: {
              [`${ISSUER}:sub`]: ['system:serviceaccount:shop:checkout', 'system:serviceaccount:shop:cart'],
            },
            StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
          },
        }),
      ),
    ),
  }),
  needs: ['roles'],
  subjects: ({ roles, estate }) => webDoorsOf(roles, estate),
  where: doorWhere,
  check: (door, { config }) => {
    const open = openPatterns(door);
    const widest = SHAPES.find((shape) => open.some((pattern) => pattern.shape === shape));
    if (widest === undefined) return pass;
    return fail({
      issuer: door.issuer.key,
      patterns: [...new Set(open.map(({ pattern }) => pattern))].sort(),
      admits: widest,
      witness: open.find(({ shape }) => shape === widest)?.example ?? '',
      intended: intendedSubjects(config, door.role, door.cluster),
      ...realFacts(door),
      ...privilegeFacts(door.role),
    });
  },
  severity: (evidence) => severityOf(evidence.admits, evidence.privileges),
  message: ({ patterns, admits: shape, privileges, ...real }, door) =>
    `${door.role.name} can be assumed by ${WORDS[shape]} of ${doorName(door)}: ${patterns.join(', ')}; ${leadsTo(privileges)}.${realWords(real)}`,
  identity: ({ issuer, patterns }) => [issuer, ...patterns],
  repair: (evidence, door) => ({
    text: `Replace the pattern for ${doorName(door)} by the exact subjects that use the role, under StringEquals.`,
    ...withConditionsReplaced(
      door.role,
      door.statements.map(({ statement, subject }) => ({
        statement,
        conditions: subject.filter(
          (condition) => isPositive(condition) && condition.values.some(hasWildcard),
        ),
      })),
      'StringEquals',
      `${door.issuer.key}:sub`,
      exactSubjects(door, evidence),
    ),
  }),
  plan: (evidence, door, { config }, repair) => draftNarrowing(door, repair, evidence, config),
});

const WORDS: Readonly<Record<Shape, string>> = {
  'every-namespace': 'ServiceAccounts in every namespace',
  'some-namespaces': 'ServiceAccounts in each namespace that fits a pattern',
  'whole-namespace': 'every ServiceAccount of a namespace',
  'some-names': 'each ServiceAccount that fits a pattern inside one namespace',
  exact: 'the named ServiceAccounts',
};

/** Patterns that really let someone in whom they do not name: Deny statements and other conditions count. */
function openPatterns(door: WebDoor): SubjectPattern[] {
  return door.statements
    .flatMap(({ subject }) => (hasPattern(subject) ? decidingPatterns(subject) : []))
    .filter(({ shape, example }) => shape !== 'exact' && letsIn(door, shape, example))
    .filter(({ pattern }) => !fitsNobody(pattern));
}

/** True for a pattern that no ServiceAccount can fit: that is no-malformed-subject's, and opens nothing. */
function fitsNobody(value: string): boolean {
  return malformedSubject({ value, literal: false, ignoreCase: false }) !== null;
}

function letsIn(door: WebDoor, shape: Shape, example: string): boolean {
  if (admits(door, example) !== 'denied') return true;
  return shape === 'every-namespace' && admits(door, subjectOf(NOBODY, NOBODY)) !== 'denied';
}

/** Tools such as EMR on EKS make names by a pattern inside their own namespace: shown, and weighed only where it leads far. */
function severityOf(shape: Shape, grade: Grade): Severity {
  switch (shape) {
    case 'every-namespace':
      return weighted('cluster', grade);
    case 'some-namespaces':
      return weighted('joinable', grade);
    case 'whole-namespace':
      return weighted('few', grade);
    case 'some-names':
    case 'exact':
      return grade === 'admin' || grade === 'escalation' ? 'low' : 'info';
  }
}

function patternTrust(pattern: string): string {
  return trustPolicy(
    irsaStatement({
      Condition: {
        StringLike: { [`${ISSUER}:sub`]: pattern },
        StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      },
    }),
  );
}
