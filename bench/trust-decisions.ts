/**
 * Trust decisions per second of processor time on one core, policies compiled once: `node bench/trust-decisions.ts [--output json]`.
 * Every case is asked for subjects that it admits and subjects that it does not, in turn, so that neither is cached.
 */
import { compile } from '../shared/iam/compile.ts';
import { decide } from '../shared/iam/evaluate.ts';
import { parsePolicy } from '../shared/iam/parse.ts';
import type { Request } from '../shared/iam/request.ts';
import { podIdentityRequests, webIdentityRequest } from '../shared/iam/requests.ts';

const ACCOUNT = '111122223333';
const CLUSTER = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
const ROUND_MILLISECONDS = 400;
const ROUNDS = 5;

interface Case {
  readonly name: string;
  readonly statements: readonly object[];
  readonly requests: readonly Request[];
}

function issuer(index: number): string {
  return `oidc.eks.eu-west-1.amazonaws.com/id/${index.toString(16).toUpperCase().padStart(32, '0')}`;
}

function provider(index: number): string {
  return `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer(index)}`;
}

function irsa(index: number, operator: string, subjects: string | readonly string[]): object {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider(index) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${issuer(index)}:aud`]: 'sts.amazonaws.com' },
      [operator === 'StringEquals' ? 'ForAnyValue:StringEquals' : operator]: {
        [`${issuer(index)}:sub`]: subjects,
      },
    },
  };
}

function pods(index: number): Request[] {
  return Array.from({ length: 64 }, (_, pod) =>
    webIdentityRequest({
      provider: provider(index),
      issuerKey: issuer(index),
      subject: `system:serviceaccount:team-${pod % 8}:api-${pod}`,
      audience: 'sts.amazonaws.com',
    }),
  );
}

const POD_IDENTITY = {
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Condition: {
    StringEquals: {
      'aws:SourceAccount': ACCOUNT,
      'aws:RequestTag/kubernetes-namespace': 'team-1',
      'aws:RequestTag/kubernetes-service-account': 'api-1',
    },
    ArnEquals: { 'aws:SourceArn': CLUSTER },
  },
};

const CASES: readonly Case[] = [
  {
    name: 'IRSA, one statement, one subject',
    statements: [irsa(1, 'StringEquals', 'system:serviceaccount:team-1:api-1')],
    requests: pods(1),
  },
  {
    name: 'IRSA, five clusters, exact and wildcard subjects',
    statements: [1, 2, 3, 4, 5].map((index) =>
      irsa(index, index % 2 === 0 ? 'StringEquals' : 'StringLike', [
        'system:serviceaccount:team-1:api-1',
        index % 2 === 0 ? 'system:serviceaccount:team-2:api-2' : 'system:serviceaccount:team-*:api-?',
      ]),
    ),
    requests: pods(5),
  },
  {
    name: 'IRSA, 30 statements and a Deny',
    statements: [
      ...Array.from({ length: 30 }, (_, index) =>
        irsa(index, 'StringLike', 'system:serviceaccount:team-1:*'),
      ),
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sts:*',
        Condition: { StringLike: { [`${issuer(29)}:sub`]: 'system:serviceaccount:*:*-7' } },
      },
    ],
    requests: pods(29),
  },
  {
    name: 'IRSA, 100 subjects in one list',
    statements: [
      irsa(
        1,
        'StringEquals',
        Array.from({ length: 100 }, (_, index) => `system:serviceaccount:team-${index % 8}:api-${index * 3}`),
      ),
    ],
    requests: pods(1),
  },
  {
    name: 'Pod Identity, cluster, namespace and ServiceAccount',
    statements: [POD_IDENTITY],
    requests: Array.from({ length: 64 }, (_, pod) => {
      const who = { namespace: `team-${pod % 2}`, serviceAccount: `api-${pod % 2}` };
      return podIdentityRequests({ clusterArn: CLUSTER, account: ACCOUNT, tags: true, ...who }).assume;
    }),
  },
];

/** Decisions per second, the median of some rounds after a warm-up. */
function measure({ statements, requests }: Case): { readonly perSecond: number; readonly allowed: number } {
  const { policy } = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'trust');
  if (policy === null) throw new Error('The benchmark has an invalid policy.');
  const compiled = compile(policy);
  const rates: number[] = [];
  let allowed = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    // Processor time, not the clock's: what else the machine does must not count.
    const start = process.cpuUsage();
    let decisions = 0;
    let elapsed = 0;
    allowed = 0;
    while (elapsed < ROUND_MILLISECONDS) {
      for (const request of requests) if (decide(compiled, request) === 'allowed') allowed++;
      decisions += requests.length;
      elapsed = process.cpuUsage(start).user / 1000;
    }
    allowed /= decisions;
    rates.push((decisions / elapsed) * 1000);
  }
  const [, ...measured] = rates;
  return { perSecond: measured.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0, allowed };
}

const rows = CASES.map((one) => ({ name: one.name, ...measure(one) }));
if (process.argv.includes('json')) {
  console.log(JSON.stringify({ benchmark: 'trust-decisions', node: process.version, rows }, null, 2));
} else {
  console.table(
    rows.map(({ name, perSecond, allowed }) => ({
      case: name,
      'decisions/s': Math.round(perSecond).toLocaleString('en'),
      allowed: `${Math.round(allowed * 100)} %`,
    })),
  );
}
