import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import type { GraphEdge, IdentityGraph } from '../../../../shared/reports/html/data.ts';
import { findingsByNode } from '../../../../shared/reports/html/graph-findings.ts';
import { accountGraph, identityGraph } from '../../../../shared/reports/html/identity-graph.ts';
import { mergedStrands } from '../../../../shared/reports/html/merge-strands.ts';
import {
  compareStrands,
  countsByRank,
  keyOf,
  ownerOf,
  type Strand,
  strandsOf,
} from '../../../../shared/reports/html/strands.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { findingOf } from '../../../support/findings.ts';

const estate = buildEstate(demoSnapshot());
const { findings } = audit(estate, { config: defaultConfig, hash: sha256 });
const whole = identityGraph(estate);

/** A graph by names, in which nothing depends on the order. */
function byName({ nodes, edges }: IdentityGraph) {
  const name = (index: number) => nodes[index]?.name ?? '';
  return {
    nodes: nodes.map((node) => JSON.stringify([node.name, node.kind, node.label, node.grade])).sort(),
    edges: edges
      .map(({ from, to, way, state }) => [name(from), name(to), way, state].join('\n'))
      .filter((edge) => !edge.includes('\ngrants\n'))
      .sort(),
  };
}

const CLUSTER = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';
const ROLE = 'arn:aws:iam::444455556666:role/data';

function strandOf(
  name: string,
  more: Partial<Strand> & { readonly state?: GraphEdge['state'] } = {},
): Strand {
  const { state = 'works', ...rest } = more;
  const holder = `shop/${name} of ${CLUSTER}`;
  return {
    worst: null,
    nodes: [
      { kind: 'cluster', name: CLUSTER, label: 'prod', account: '111122223333' },
      { kind: 'service-account', name: holder, label: `shop/${name}` },
      { kind: 'role', name: ROLE, label: 'data', grade: 'unknown' },
    ],
    edges: [
      { from: CLUSTER, to: holder, way: 'holds', state: 'works' },
      { from: holder, to: ROLE, way: 'irsa', state },
    ],
    ...rest,
  };
}

describe('strands', () => {
  it('put together again are the graph that they were, but for clusters and roles that nobody gets', () => {
    const strands = strandsOf(whole, findings);
    const { graph, shown } = mergedStrands(strands, whole.unknowns, 100_000);
    expect(shown).toBe(strands.length);
    const [before, after] = [byName(whole), byName(graph)];
    expect(after.edges).toEqual(before.edges);
    expect(after.nodes.length).toBeGreaterThan(100);
    expect(before.nodes).toEqual(expect.arrayContaining(after.nodes));
  });

  it('of all accounts are those of the whole, whoever tells of them', () => {
    const accounts = [...estate.accounts.keys()];
    const all = accounts.flatMap((account) => strandsOf(accountGraph(estate, account), findings));
    expect(byName(mergedStrands(all, [], 100_000).graph)).toEqual(
      byName(mergedStrands(strandsOf(whole, findings), [], 100_000).graph),
    );
    const own = accounts.flatMap((account) =>
      strandsOf(accountGraph(estate, account), findings).filter((strand) => ownerOf(strand) === account),
    );
    // Each path is told of by one account.
    expect(new Set(own.map(keyOf)).size).toBe(own.length);
    expect(own.length).toBe(strandsOf(whole, findings).length);
  });

  it('come worst first, by what is found along them and not by what is found of their cluster', () => {
    const graph: IdentityGraph = {
      nodes: [
        { kind: 'cluster', name: CLUSTER, label: 'prod', account: '111122223333' },
        { kind: 'service-account', name: `shop/a of ${CLUSTER}`, label: 'shop/a' },
        { kind: 'service-account', name: `shop/b of ${CLUSTER}`, label: 'shop/b' },
      ],
      edges: [
        { from: 0, to: 1, way: 'holds', state: 'works' },
        { from: 0, to: 2, way: 'holds', state: 'broken' },
      ],
      unknowns: [],
    };
    const at = { account: '111122223333', region: 'eu-west-1', cluster: 'prod' };
    const strands = strandsOf(graph, [
      findingOf({ ...at, severity: 'critical' }),
      findingOf({ ...at, severity: 'high', namespace: 'shop', serviceAccount: 'b' }),
      findingOf({ ...at, severity: 'critical', status: 'waived', namespace: 'shop', serviceAccount: 'a' }),
    ]);
    expect(strands.map(({ worst, nodes }) => [worst, nodes.at(-1)?.label])).toEqual([
      ['high', 'shop/b'],
      [null, 'shop/a'],
    ]);
    expect(countsByRank(strands)).toEqual([0, 1, 0, 0, 0, 1]);
  });
});

describe('strands of several accounts', () => {
  it('stop before they are more nodes than asked for, and say how many found room', () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => strandOf(name));
    const { graph, shown } = mergedStrands(many, [], 4);
    expect(shown).toBe(2);
    expect(graph.nodes.filter(({ kind }) => kind !== 'privilege')).toHaveLength(4);
  });

  it.each<[string, Strand, Strand, GraphEdge['state'], string]>([
    ['whoever knows counts', strandOf('a', { state: 'unknown' }), strandOf('a'), 'works', 'unknown'],
    [
      'in either order',
      strandOf('a', { state: 'broken' }),
      strandOf('a', { state: 'unknown' }),
      'broken',
      'unknown',
    ],
    [
      'two who know otherwise are unknown',
      strandOf('a', { state: 'broken' }),
      strandOf('a'),
      'unknown',
      'unknown',
    ],
    [
      'a role is known where its grade is',
      strandOf('a'),
      strandOf('b', {
        nodes: [
          ...strandOf('b').nodes.slice(0, 2),
          { kind: 'role', name: ROLE, label: 'data', grade: 'admin' },
        ],
      }),
      'works',
      'admin',
    ],
  ])('are one: %s', (_name, one, other, state, grade) => {
    const { graph } = mergedStrands([one, other], [], 100);
    const names = graph.nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const edge = graph.edges.find(({ way }) => way === 'irsa');
    expect(edge?.state).toBe(state);
    const grants = graph.edges.filter(({ way }) => way === 'grants');
    expect(grants.map(({ to }) => graph.nodes[to]?.grade)).toEqual([grade]);
    expect(grants[0]?.state).toBe(grade === 'unknown' ? 'unknown' : 'works');
  });

  it('stay disputed, whatever a third account says', () => {
    const three = [strandOf('a', { state: 'broken' }), strandOf('a'), strandOf('a')];
    const { graph } = mergedStrands(three, [], 100);
    expect(graph.edges.find(({ way }) => way === 'irsa')).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('do not agree'),
    });
  });

  it('are sorted the same, whatever order they came in', () => {
    const many = [strandOf('b', { worst: 'low' }), strandOf('c', { worst: 'high' }), strandOf('a')];
    const labels = (some: Strand[]) => some.sort(compareStrands).map(({ nodes }) => nodes[1]?.label);
    expect(labels([...many])).toEqual(['shop/c', 'shop/b', 'shop/a']);
    expect(labels([...many].reverse())).toEqual(['shop/c', 'shop/b', 'shop/a']);
  });
});

it('a finding is about the cluster of its region, where the account has two of that name', () => {
  const arn = (region: string) => `arn:aws:eks:${region}:111122223333:cluster/prod`;
  const nodes = ['eu-west-1', 'us-east-1'].map((region) => ({
    kind: 'cluster' as const,
    name: arn(region),
    label: 'prod',
    account: '111122223333',
  }));
  const { role: _role, ...finding } = findingOf({ cluster: 'prod', region: 'eu-west-1' });
  expect([...findingsByNode({ nodes }, [finding]).keys()]).toEqual([arn('eu-west-1')]);
  const { region: _region, ...anywhere } = finding;
  expect([...findingsByNode({ nodes }, [anywhere]).keys()]).toEqual([arn('eu-west-1'), arn('us-east-1')]);
});
