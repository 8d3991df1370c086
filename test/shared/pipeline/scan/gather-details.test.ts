import { describe, expect, it } from 'vitest';
import type { Claims } from '../../../../shared/pipeline/claims.ts';
import {
  type DetailBounds,
  type DetailedAccount,
  gatherDetails,
} from '../../../../shared/pipeline/scan/gather-details.ts';
import type { AccountDetails } from '../../../../shared/reports/html/account-details.ts';
import { countsByRank, type Strand } from '../../../../shared/reports/html/strands.ts';
import { memoryClaims } from '../../../../simulator/pipeline/memory-claims.ts';
import { findingOf } from '../../../support/findings.ts';

const BOUNDS: DetailBounds = { paths: 4, nodes: 1_000, chains: 3, plans: 2 };

const idOf = (index: number): string => String(100_000_000_000 + index);

function strandOf(account: string, name: string, worst: Strand['worst'] = null): Strand {
  const cluster = `arn:aws:eks:eu-west-1:${account}:cluster/prod`;
  const holder = `shop/${name} of ${cluster}`;
  return {
    worst,
    nodes: [
      { kind: 'cluster', name: cluster, label: 'prod', account },
      { kind: 'service-account', name: holder, label: `shop/${name}` },
    ],
    edges: [{ from: cluster, to: holder, way: 'holds', state: 'works' }],
  };
}

function detailsOf(more: Partial<AccountDetails>): AccountDetails {
  return { strands: [], unknowns: [], chains: [], plans: [], declined: [], ...more };
}

const chainOf = (about: string): AccountDetails['chains'][number]['chain'] => ({
  about,
  verdict: 'works',
  mechanism: 'irsa',
  steps: [],
  reason: null,
});

const planOf = (digest: string): AccountDetails['plans'][number]['plan'] => ({
  digest,
  title: 't',
  risk: 'low',
  changes: [],
  sections: [],
  snippets: [],
});

/** A bucket with these details, and the keys that were read. */
function bucketOf(byAccount: Readonly<Record<string, AccountDetails>>) {
  const kept = memoryClaims(
    new Map(Object.entries(byAccount).map(([account, details]) => [account, JSON.stringify(details)])),
  );
  const read: string[] = [];
  const claims: Claims = {
    ...kept,
    get: (key) => {
      read.push(key);
      return kept.get(key);
    },
  };
  const accounts = Object.entries(byAccount).map(
    ([account, { strands }]): DetailedAccount => ({ account, key: account, paths: countsByRank(strands) }),
  );
  return { claims, accounts, read };
}

describe('what a report shows beside its findings', () => {
  it('is every path, chain and plan where there is room, and nothing is said to be left out', async () => {
    const { claims, accounts } = bucketOf({
      [idOf(1)]: detailsOf({
        strands: [strandOf(idOf(1), 'a', 'high')],
        chains: [{ chain: chainOf('a?'), of: ['f1', 'f2'] }],
        plans: [{ plan: planOf('sha'), of: ['f1'] }],
        declined: [{ reasons: ['why'], of: 'f2' }],
      }),
      [idOf(2)]: detailsOf({ strands: [strandOf(idOf(2), 'b')] }),
    });
    const findings = ['f1', 'f2'].map((fingerprint) => findingOf({ fingerprint, account: idOf(1) }));
    const found = await gatherDetails({ claims, accounts, listed: 2, findings, bounds: BOUNDS });
    expect(found.graph?.nodes.map(({ label }) => label)).toEqual(['prod', 'shop/a', 'prod', 'shop/b']);
    expect(found.graph?.leftOut).toEqual([]);
    expect(found.chains).toHaveLength(1);
    expect([...found.chainOf]).toEqual([
      ['f1', 0],
      ['f2', 0],
    ]);
    expect([...found.planOf]).toEqual([['f1', 0]]);
    expect([...found.declinedOf]).toEqual([['f2', ['why']]]);
  });

  it('is the worst paths first, and how many are left out is said', async () => {
    const { claims, accounts } = bucketOf(
      Object.fromEntries(
        Array.from({ length: 6 }, (_, index) => [
          idOf(index),
          detailsOf({
            strands: [
              strandOf(idOf(index), 'bad', index === 5 ? 'critical' : 'low'),
              strandOf(idOf(index), 'sound'),
            ],
          }),
        ]),
      ),
    );
    const { graph } = await gatherDetails({ claims, accounts, listed: 6, findings: [], bounds: BOUNDS });
    const holders = graph?.nodes.filter(({ kind }) => kind === 'service-account') ?? [];
    expect(holders.map(({ name }) => name.slice(0, 8))).toEqual(Array(4).fill('shop/bad'));
    expect(holders[0]?.name).toContain(idOf(5));
    expect(graph?.leftOut).toEqual(['4 of 12 paths are here, those with the worst findings first']);
  });

  it('is the same twice', async () => {
    const all = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        idOf(index),
        detailsOf({ strands: [strandOf(idOf(index), 'x', index % 2 === 0 ? 'high' : null)] }),
      ]),
    );
    const { claims, accounts } = bucketOf(all);
    const gathered = () => gatherDetails({ claims, accounts, listed: 9, findings: [], bounds: BOUNDS });
    expect(await gathered()).toEqual(await gathered());
  });

  it('reads of ten thousand accounts those alone that have something for it, and holds a bounded part of them', async () => {
    const strand = strandOf('123456789012', 'x');
    const accounts = Array.from(
      { length: 10_000 },
      (_, index): DetailedAccount => ({ account: idOf(index), key: idOf(index), paths: [0, 0, 0, 0, 0, 50] }),
    );
    let read = 0;
    let atOnce = 0;
    let most = 0;
    const claims: Claims = {
      put: async () => {},
      get: async (key) => {
        read += 1;
        atOnce += 1;
        most = Math.max(most, atOnce);
        await null;
        atOnce -= 1;
        const strands = Array.from({ length: 50 }, (_, index) => strandOf(key, `sa-${index}`));
        return JSON.stringify(detailsOf({ strands: [strand, ...strands] }));
      },
    };
    const findings = Array.from({ length: 200 }, (_, index) =>
      findingOf({ fingerprint: `f${index}`, account: idOf(9_000 + index) }),
    );
    const found = await gatherDetails({ claims, accounts, listed: 10_000, findings });
    expect(read).toBe(60 + 200);
    expect(most).toBeLessThanOrEqual(16);
    expect(found.graph?.nodes.length).toBeLessThanOrEqual(5_000);
    expect(found.graph?.leftOut?.[0]).toMatch(/^3000 of 500000 paths are here/);
  });

  it('holds chains and plans of the worst findings alone', async () => {
    const fingerprints = ['f1', 'f2', 'f3', 'f4'];
    const { claims, accounts } = bucketOf({
      [idOf(1)]: detailsOf({
        chains: fingerprints.map((one) => ({ chain: chainOf(one), of: [one] })),
        plans: fingerprints.map((one) => ({ plan: planOf(one), of: [one] })),
      }),
    });
    const findings = fingerprints.map((fingerprint) => findingOf({ fingerprint, account: idOf(1) }));
    const found = await gatherDetails({ claims, accounts, listed: 1, findings, bounds: BOUNDS });
    expect([...found.chainOf.keys()]).toEqual(['f1', 'f2', 'f3']);
    expect(found.chains).toHaveLength(3);
    expect([...found.planOf.keys()]).toEqual(['f1', 'f2']);
  });

  it('of a path that two accounts see is what its owner says, as bad as either found it', async () => {
    const role = { kind: 'role', name: 'arn:aws:iam::2:role/r', label: 'r', account: idOf(2) } as const;
    const seen = strandOf(idOf(1), 'a', 'high');
    const crossing = (grade: 'unknown' | 'admin', worst: Strand['worst']): Strand => ({
      ...seen,
      worst,
      nodes: [...seen.nodes, { ...role, grade }],
    });
    const { claims, accounts } = bucketOf({
      [idOf(1)]: detailsOf({ strands: [crossing('unknown', 'high')] }),
      [idOf(2)]: detailsOf({ strands: [crossing('admin', null)] }),
    });
    const { graph } = await gatherDetails({ claims, accounts, listed: 2, findings: [], bounds: BOUNDS });
    expect(graph?.nodes.find(({ kind }) => kind === 'role')?.grade).toBe('admin');
    expect(graph?.nodes.filter(({ kind }) => kind === 'service-account')).toHaveLength(1);
  });

  it('says how many accounts left nothing, and whose details are gone', async () => {
    const gone: DetailedAccount = { account: idOf(1), key: 'gone', paths: [1, 0, 0, 0, 0, 0] };
    const found = await gatherDetails({
      claims: memoryClaims(),
      accounts: [gone],
      listed: 3,
      findings: [],
      bounds: BOUNDS,
    });
    expect(found.graph?.leftOut).toEqual([
      '0 of 1 paths are here, those with the worst findings first',
      '2 of 3 accounts left no paths: they were not read or not judged',
      'what 1 accounts left could not be read',
    ]);
  });
});
