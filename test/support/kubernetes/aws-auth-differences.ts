import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { type AwsAuthAnswer, mappingFor } from '../../../shared/kubernetes/aws-auth/mapping-for.ts';
import { parseAwsAuth } from '../../../shared/kubernetes/aws-auth/parse-aws-auth.ts';
import type { ParsedAwsAuth } from '../../../shared/kubernetes/aws-auth/parsed.ts';
import { awsAuthDocuments } from './aws-auth-documents.ts';
import { type JudgedCaller, type JudgedDocument, type JudgeVerdict, judgeAwsAuth } from './aws-auth-judge.ts';

/** A document of which podtrust says something else than AWS's authenticator. */
interface Difference {
  readonly document: JudgedDocument;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** What a run compared: cases that all end the same way would prove nothing. */
export interface Comparison {
  readonly differences: readonly Difference[];
  readonly documents: number;
  /** Documents with something rejected, or with nothing, and with at least one row or account. */
  readonly rejected: number;
  readonly accepted: number;
  readonly read: number;
  readonly mapped: number;
  readonly unmapped: number;
  readonly refused: number;
}

/** Random documents, in the same order for the same seed (FAST_CHECK_SEED), judged by both. */
export async function compareWithAuthenticator(count: number, seed: number): Promise<Comparison> {
  const asked: JudgedDocument[] = [];
  const found = { rejected: 0, accepted: 0, read: 0, mapped: 0, unmapped: 0, refused: 0 };
  const differences: Difference[] = [];
  let documents = 0;
  for await (const theirs of judgeAwsAuth(remembering(asked, documentsOf(count, seed)))) {
    const document = asked.shift();
    if (document === undefined) throw new Error('an answer to nothing');
    documents += 1;
    const parsed = parseAwsAuth(document.data);
    const answers = document.callers.map((caller) => answerOf(parsed, caller));
    const ours = { ...readingOf(parsed), callers: answers };
    const expected = { ...readingOfJudge(theirs), callers: theirs.callers.map(judgedAnswer) };
    if (!isDeepStrictEqual(ours, expected))
      differences.push({ document, ours, theirs: { ...expected, error: theirs.error } });
    found[expected.rejected ? 'rejected' : 'accepted'] += 1;
    found.read += Number(expected.roles.length + expected.users.length + expected.accounts.length > 0);
    for (const { outcome } of expected.callers) found[outcome] += 1;
  }
  return { differences, documents, ...found };
}

function* documentsOf(count: number, seed: number): Generator<JudgedDocument> {
  // In parts, so that not all are in memory at once.
  for (let drawn = 0, part = 0; drawn < count; drawn += 1000, part += 1) {
    yield* fc.sample(awsAuthDocuments, { numRuns: Math.min(1000, count - drawn), seed: seed + part });
  }
}

function* remembering<T>(asked: T[], documents: Iterable<T>): Generator<T> {
  for (const document of documents) {
    asked.push(document);
    yield document;
  }
}

function readingOf({ rows, accounts, sections }: ParsedAwsAuth) {
  const of = (section: string) =>
    rows
      .filter((row) => row.section === section)
      .map(({ arn, username, groups }) => ({ arn, username, groups }));
  return {
    roles: of('mapRoles'),
    users: of('mapUsers'),
    accounts: named(accounts.map(({ account }) => account)),
    rejected: Object.values(sections).some((state) => state === 'lost' || state === 'partly'),
  };
}

function readingOfJudge({ roles, users, accounts, error }: JudgeVerdict) {
  return {
    roles: roles.map(({ rolearn, username, groups }) => ({ arn: rolearn, username, groups })),
    users: users.map(({ userarn, username, groups }) => ({ arn: userarn, username, groups })),
    accounts: named(accounts),
    rejected: error !== null,
  };
}

// go-yaml leaves empty strings for items behind the one that it gave up at; they admit nobody.
function named(accounts: readonly string[]): string[] {
  return accounts.filter((account) => account !== '');
}

interface Answer {
  readonly outcome: 'mapped' | 'unmapped' | 'refused';
  readonly username: string;
  readonly groups: readonly string[];
}

const NOBODY = { username: '', groups: [] };

function answerOf(parsed: ParsedAwsAuth, { arn, accessKeyId, userId }: JudgedCaller): Answer {
  const privateDnsName = `ip-${userId.split(':')[1]}`;
  const answer: AwsAuthAnswer = mappingFor(parsed, arn, { accessKeyId, privateDnsName });
  switch (answer.outcome) {
    case 'mapped':
    case 'account':
      return { outcome: 'mapped', username: answer.username, groups: answer.groups };
    case 'none':
      return { outcome: 'unmapped', ...NOBODY };
    case 'refused':
    case 'invalid':
      return { outcome: 'refused', ...NOBODY };
  }
}

function judgedAnswer({ mapped, username, groups, error }: JudgeVerdict['callers'][number]): Answer {
  if (mapped) return { outcome: 'mapped', username, groups };
  return { outcome: error === 'ARN is not mapped' ? 'unmapped' : 'refused', ...NOBODY };
}
