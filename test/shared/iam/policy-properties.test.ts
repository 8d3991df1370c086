import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../shared/iam/compile.ts';
import { decide, evaluate } from '../../../shared/iam/evaluate.ts';
import { describeMismatch } from '../../../shared/iam/explain.ts';
import { globMatcher } from '../../../shared/iam/glob.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { Policy } from '../../../shared/iam/policy.ts';
import type { ContextValue } from '../../../shared/iam/request.ts';
import { not } from '../../../shared/iam/tri.ts';
import {
  always,
  certainRequests,
  certainValues,
  operators,
  type RandomRequest,
  requestFrom,
  requests,
  TEXTS,
  trustPolicies,
  type Values,
} from '../../support/policies.ts';

function parsed(text: string): Policy {
  const { policy, problems } = parsePolicy(text, 'trust');
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
}

/** Texts of any UTF-16 units, lone surrogates included. */
const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));

describe('parsing', () => {
  it('answers any text, in a place of it', () => {
    always(
      100,
      fc.property(units, fc.constantFrom('trust', 'identity'), (text, kind) => {
        const { policy, problems } = parsePolicy(text, kind);
        expect(policy === null).toBe(problems.some(({ effect }) => effect === 'refused'));
        for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('answers any JSON, and any JSON in the place of any part of a policy', () => {
    const parts = [
      'Version',
      'Statement',
      'Effect',
      'Principal',
      'Action',
      'Condition',
      'AWS',
      'StringEquals',
    ];
    const member = fc.constantFrom(...parts, 'Federated', 'Resource', 'Sid', 'x');
    const json = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom('*', 'Allow', '2012-10-17', 'sts:AssumeRole', '111122223333', 1, true, null),
        fc.dictionary(member, tie('node'), { maxKeys: 5 }),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    always(
      300,
      fc.property(fc.oneof(json, fc.jsonValue()), fc.constantFrom('trust', 'identity'), (value, kind) => {
        const { policy, problems } = parsePolicy(JSON.stringify(value), kind);
        expect(policy === null).toBe(problems.some(({ effect }) => effect === 'refused'));
      }),
    );
  });

  it('reads a policy the same plain, indented and percent-encoded', () => {
    always(
      100,
      fc.property(trustPolicies, (text) => {
        const plain = parsePolicy(text, 'trust');
        const indented = parsePolicy(JSON.stringify(JSON.parse(text), null, '\t'), 'trust');
        expect(parsePolicy(encodeURIComponent(text), 'trust')).toEqual(plain);
        expect(indented.policy).toEqual(plain.policy);
      }),
    );
  });

  it('finds a member that is repeated anywhere', () => {
    always(
      100,
      fc.property(trustPolicies, fc.nat(), (text, pick) => {
        const places = [...text.matchAll(/"(?:Effect|Action|NotAction|Principal|Condition|Version)":/g)];
        const place = places[pick % places.length]!;
        const twice = `${text.slice(0, place.index)}${place[0]}"x",${text.slice(place.index)}`;
        const found = parsePolicy(twice, 'trust').problems.filter(({ code }) => code === 'duplicate-key');
        expect(found.map(({ line, column }) => [line, column])).toEqual([[1, place.index + 1]]);
      }),
    );
  });

  it('can point at every element that it returns', () => {
    always(
      100,
      fc.property(trustPolicies, (text) => {
        const value: unknown = JSON.parse(text);
        for (const { pointer, conditions, action } of parsed(text).statements) {
          expect(at(value, action.pointer)).toEqual(
            action.patterns.length === 1 ? oneOrList(action.patterns) : action.patterns,
          );
          expect(at(value, pointer)).toHaveProperty('Effect');
          for (const condition of conditions) expect(at(value, condition.pointer)).toBeDefined();
        }
      }),
    );
  });
});

function oneOrList(patterns: readonly string[]): unknown {
  return expect.toSatisfy(
    (found) => found === patterns[0] || (Array.isArray(found) && found[0] === patterns[0]),
  );
}

function at(value: unknown, pointer: string): unknown {
  const segments = pointer.split('/').slice(1);
  return segments.reduce<unknown>((node, segment) => {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined;
  }, value);
}

describe('deciding', () => {
  it('agrees with evaluating, and each reason can be put in words', () => {
    always(
      400,
      fc.property(trustPolicies, requests, (text, random) => {
        const compiled = compile(parsed(text));
        const decision = evaluate(compiled, requestFrom(random));
        expect(decide(compiled, requestFrom(random))).toBe(decision.outcome);
        for (const result of decision.statements) {
          if (result.applies !== 'yes') expect(describeMismatch(result.because)).not.toBe('');
        }
      }),
    );
  });

  it('of a request without unknown values is never undecided, an ARN of * and NotPrincipal aside', () => {
    always(
      300,
      fc.property(trustPolicies, certainRequests, (text, random) => {
        fc.pre(!/NotPrincipal|Arn.*"\*+"|assumed-role/.test(text));
        expect(['allowed', 'denied']).toContain(decide(compile(parsed(text)), requestFrom(random)));
      }),
    );
  });

  it('stays as it is when an unknown value becomes known', () => {
    always(
      400,
      fc.property(
        trustPolicies,
        requests,
        fc.array(certainValues, { minLength: 10, maxLength: 10 }),
        (text, random, fills) => {
          const compiled = compile(parsed(text));
          const before = decide(compiled, requestFrom(random));
          fc.pre(before !== 'undecided');
          expect(decide(compiled, requestFrom(settled(random, fills)))).toBe(before);
        },
      ),
    );
  });

  it('does not mind the order of statements', () => {
    always(
      100,
      fc.property(trustPolicies, requests, (text, random) => {
        const document: { Statement: unknown[] } = JSON.parse(text);
        const turned = JSON.stringify({ ...document, Statement: document.Statement.toReversed() });
        const request = requestFrom(random);
        expect(decide(compile(parsed(turned)), request)).toBe(decide(compile(parsed(text)), request));
      }),
    );
  });

  it('never allows more with one more Deny', () => {
    always(
      150,
      fc.property(trustPolicies, trustPolicies, requests, (text, other, random) => {
        const document: { Version: string; Statement: { Effect: string }[] } = JSON.parse(text);
        const denies = (JSON.parse(other) as typeof document).Statement.map((one) => ({
          ...one,
          Effect: 'Deny',
        }));
        const more = JSON.stringify({ ...document, Statement: [...document.Statement, ...denies] });
        const rank = { denied: 0, undecided: 1, allowed: 2 };
        const before = decide(compile(parsed(text)), requestFrom(random));
        expect(rank[decide(compile(parsed(more)), requestFrom(random))]).toBeLessThanOrEqual(rank[before]);
      }),
    );
  });
});

/** The request with every open value settled: `unknown` by anything, `present` by something that is there. */
function settled(random: RandomRequest, fills: readonly ContextValue[]): RandomRequest {
  const values: Values = new Map(
    [...random.values].map(([key, value], index): [string, ContextValue] => {
      const fill = fills[index % fills.length] ?? 'absent';
      if (value === 'unknown') return [key, fill];
      if (value !== 'present') return [key, value];
      return [key, fill === 'absent' || fill.length === 0 ? ['a'] : fill];
    }),
  );
  return { ...random, values };
}

describe('operators', () => {
  const twins = [
    ['StringEquals', 'StringNotEquals'],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    ['StringLike', 'StringNotLike'],
    ['NumericEquals', 'NumericNotEquals'],
    ['DateEquals', 'DateNotEquals'],
    ['IpAddress', 'NotIpAddress'],
    ['ArnEquals', 'ArnNotEquals'],
    ['ArnLike', 'ArnNotLike'],
  ] as const;

  it.each(twins)('%s and %s are opposites', (positive, negated) => {
    always(
      50,
      fc.property(fc.array(fc.constantFrom(...TEXTS)), requests, (values, random) => {
        const holds = (operator: string) => {
          const Condition = { [operator]: { 'aws:SourceArn': values } };
          const Statement = { Effect: 'Allow', Principal: '*', Action: '*', Condition };
          return evaluate(
            compile(parsed(JSON.stringify({ Version: '2012-10-17', Statement }))),
            requestFrom(random),
          ).statements[0]!.applies;
        };
        expect(holds(negated)).toBe(not(holds(positive)));
      }),
    );
  });

  it('with IfExists hold without their key, whatever they are', () => {
    always(
      100,
      fc.property(operators, fc.string(), (written, value) => {
        fc.pre(written.endsWith('IfExists'));
        const Statement = {
          Effect: 'Allow',
          Principal: '*',
          Action: '*',
          Condition: { [written]: { 'k:x': value } },
        };
        const compiled = compile(parsed(JSON.stringify({ Version: '2012-10-17', Statement })));
        const request = { caller: { kind: 'service', service: 's' }, action: 'sts:AssumeRole' } as const;
        expect(decide(compiled, { ...request, context: () => 'absent' })).toBe('allowed');
      }),
    );
  });
});

describe('globs', () => {
  it('match as the regular expression they stand for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '\n', '.') });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?', '.') });
    always(
      1000,
      fc.property(pattern, text, (glob, subject) => {
        const source = [...glob]
          .map((one) => (one === '*' ? '[^]*' : one === '?' ? '[^]' : `[${one}]`))
          .join('');
        expect(globMatcher(glob)(subject)).toBe(new RegExp(`^(?:${source})$`).test(subject));
      }),
    );
  });

  it('answer at once where a backtracking matcher would not', () => {
    const start = process.cpuUsage();
    expect(globMatcher(`${'a*'.repeat(500)}b`)('a'.repeat(20_000))).toBe(false);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
  });
});
