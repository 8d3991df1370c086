import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demoSnapshot } from '../../../simulator/demo/organization.ts';
import { linted } from '../../support/lint.ts';
import { asTemplate } from '../../support/written-as.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Template {
  Parameters?: Json;
  Resources: { [id: string]: { Type: string; Properties: { [name: string]: Json } } };
}

const snapshot = demoSnapshot();
const templates = snapshot.accounts.flatMap((account) =>
  (account.regions ?? []).map(({ name }) => ({
    place: { account: account.id, region: name },
    template: asTemplate(account, name) as Template,
  })),
);

/** Parts of texts that templates take from parameters. */
const PARTS = [
  /oidc[.-]eks\.[a-z0-9-]+\.[a-z.]+\/id\/\w+/,
  /(?<=:iam::)\d{12}/,
  /(?<=system:serviceaccount:)[\w*?-]+/,
  /(?<=system:serviceaccount:[\w*?-]+:)[\w*?-]+/,
  /^[\s\S]+$/,
];

/** Replaces some texts by parameters; `pick` says which text gets which part replaced: one value, one name. */
function opened(node: Json, pick: () => number, names: Map<string, string>): Json {
  if (typeof node === 'string') {
    const choice = pick();
    const part = PARTS[choice];
    const match = part?.exec(node);
    if (match?.[0] === undefined || match[0] === '') return node;
    const name = names.get(match[0]) ?? `P${names.size}`;
    names.set(match[0], name);
    return {
      'Fn::Sub': `${literal(node.slice(0, match.index))}\${${name}}${literal(node.slice(match.index + match[0].length))}`,
    };
  }
  if (Array.isArray(node)) return node.map((item) => opened(item, pick, names));
  if (node !== null && typeof node === 'object')
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, opened(value, pick, names)]));
  return node;
}

const literal = (text: string): string => text.replaceAll('${', '${!');

function namesOf(text: string, place: { account: string; region: string }): string[] {
  return linted(text, { place }, 'file.json').failures.map(({ failure: { rule, where } }) => {
    const { role, namespace, serviceAccount, principal } = where;
    const name = role ?? principal;
    return name === undefined
      ? `${rule.name} ${namespace}/${serviceAccount}`
      : `${rule.name} ${name.replace(/^.*\//, '')}`;
  });
}

const choice = fc.record({
  at: fc.nat(templates.length - 1),
  skip: fc.nat(200),
  picks: fc.array(fc.nat(11), { minLength: 40, maxLength: 40 }),
});

describe('whatever values a template leaves open', () => {
  it('nothing is told that is not so with the real ones', () => {
    let told = 0;
    fc.assert(
      fc.property(choice, ({ at, skip, picks }) => {
        const { template, place } = templates[at]!;
        const entries = Object.entries(template.Resources);
        const some = entries.slice(skip % entries.length, (skip % entries.length) + 4);
        const names = new Map<string, string>();
        let next = 0;
        const pick = () => picks[next++ % picks.length] ?? 11;
        const closed = JSON.stringify({ Resources: Object.fromEntries(some) });
        const open = JSON.stringify({
          Resources: Object.fromEntries(
            some.map(([id, { Type, Properties }]) => [
              id,
              { Type, Properties: { ...(opened(Properties, pick, names) as object), ...named(Properties) } },
            ]),
          ),
        });
        const real = namesOf(closed, place);
        const found = namesOf(open, place);
        told += found.length;
        expect(found.filter((one) => !real.some((other) => isSame(one, other)))).toEqual([]);
      }),
      { numRuns: 120 },
    );
    expect(told).toBeGreaterThan(40);
  });
});

/** A name that is open in the one is any in the other. */
function isSame(open: string, real: string): boolean {
  const words = open
    .split(/podtrust-unresolved-[0-9a-f]+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${words.join('.*')}$`).test(real);
}

/** Names stay: they say which finding is which. */
function named({ RoleName, Path }: { [name: string]: Json }): object {
  return { ...(RoleName !== undefined && { RoleName }), ...(Path !== undefined && { Path }) };
}
