import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  GraphEdge,
  GraphNode,
  IdentityGraph,
  ReportData,
  ReportFinding,
} from '../../../../shared/reports/html/data.ts';
import { findingsByNode } from '../../../../shared/reports/html/graph-findings.ts';
import { columns } from '../../../../shared/reports/html/page/graph/columns.ts';
import { entryOf, neighbourhood, wholeOf } from '../../../../shared/reports/html/page/graph/neighbourhood.ts';
import { allPaths, pathsOf } from '../../../../shared/reports/html/page/graph/paths.ts';
import { type HeatCell, heatMap } from '../../../../shared/reports/html/page/heat-map.ts';
import { hashOf, NO_FILTER, parseRoute, type Route } from '../../../../shared/reports/html/page/route.ts';
import { finder } from '../../../../shared/reports/html/page/select.ts';
import { SEVERITIES } from '../../../../shared/reports/html/page/words.ts';
import { findingOf } from '../../../support/findings.ts';

const ARN = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';
const ROLE = 'arn:aws:iam::111122223333:role/cart';
const TARGET = 'arn:aws:iam::444455556666:role/data';

/** prod holds shop/cart, which gets cart and by it data; and shop/idle, which gets nothing. */
const nodes: readonly GraphNode[] = [
  { kind: 'cluster', name: ARN, label: 'prod', account: '111122223333' },
  { kind: 'service-account', name: `shop/cart of ${ARN}`, label: 'shop/cart' },
  { kind: 'service-account', name: `shop/idle of ${ARN}`, label: 'shop/idle' },
  { kind: 'role', name: ROLE, label: 'cart', grade: 'limited' },
  { kind: 'role', name: TARGET, label: 'data', grade: 'data' },
  { kind: 'privilege', name: 'limited', label: 'Limited', grade: 'limited' },
  { kind: 'privilege', name: 'data', label: 'Data', grade: 'data' },
];
const edge = (
  from: number,
  to: number,
  way: GraphEdge['way'],
  state: GraphEdge['state'] = 'works',
): GraphEdge => ({ from, to, way, state });
const graph: IdentityGraph = {
  nodes,
  edges: [
    edge(0, 1, 'holds'),
    edge(0, 2, 'holds'),
    edge(1, 3, 'pod-identity', 'broken'),
    edge(3, 4, 'target'),
    edge(3, 5, 'grants'),
    edge(4, 6, 'grants'),
  ],
  unknowns: [],
};

describe('the address', () => {
  const text = fc.string({ unit: 'binary' }).map((one) => one.toWellFormed());
  const route = fc.record({
    view: fc.constantFrom('overview', 'findings', 'graph', 'undecided'),
    finding: text,
    page: fc.integer({ min: 1, max: 10_000 }),
    focus: fc.constant(''),
    filter: fc.record({
      severities: fc.subarray([...SEVERITIES]),
      status: fc.constantFrom('', 'open', 'waived', 'resolved'),
      rule: text,
      account: text,
      cluster: text,
      text,
    }),
  }) as fc.Arbitrary<Route>;

  it('brings every place back', () => {
    fc.assert(
      fc.property(route, (place) => {
        const back = parseRoute(hashOf(place));
        // A finding that is open is among the findings.
        const view = place.view === 'overview' && place.finding !== '' ? 'findings' : place.view;
        expect(back).toEqual({ ...place, view });
      }),
    );
  });

  it('takes whatever somebody makes of it', () => {
    fc.assert(
      fc.property(text, (hash) => {
        const back = parseRoute(hash);
        expect(['overview', 'findings', 'graph', 'undecided']).toContain(back.view);
        expect(back.page).toBeGreaterThan(0);
      }),
    );
  });

  it('opens a finding by its fingerprint alone', () => {
    expect(parseRoute('#finding=ab')).toMatchObject({ view: 'findings', finding: 'ab', filter: NO_FILTER });
  });
});

it('a search finds what has all its words, in any case, wherever they are', () => {
  const findings = [
    findingOf({ fingerprint: 'a', title: 'Anyone can assume the role', role: ROLE }),
    findingOf({ fingerprint: 'b', title: 'Anyone', detail: 'nobody', role: TARGET }),
  ];
  const find = finder(findings);
  const found = (words: string) => find({ ...NO_FILTER, text: words }).map(({ fingerprint }) => fingerprint);
  expect(found('')).toEqual(['a', 'b']);
  expect(found(' ANYONE  role/cart ')).toEqual(['a']);
  expect(found('anyone nothing-of-the-kind')).toEqual([]);
});

describe('the heat map', () => {
  const data = (
    findings: readonly ReportFinding[],
    undecided: ReportData['undecided'] = [],
    coverage: ReportData['coverage'] = [],
  ): ReportData => ({
    version: '',
    takenAt: '',
    summary: {
      accounts: 0,
      clusters: 0,
      roles: 0,
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      waived: 0,
      coverage: 0,
    },
    findings,
    rules: {},
    coverage,
    undecided,
    chains: [],
    plans: [],
    graph: null,
    trend: null,
    posture: null,
  });

  it('counts open findings by rule and cluster, with the worst, and leaves the others out', () => {
    const at = (cluster: string, severity: ReportFinding['severity'], more: Partial<ReportFinding> = {}) =>
      findingOf({ rule: 'r', cluster, severity, ...more });
    const { columns: heads, rows } = heatMap(
      data([
        at('a', 'low'),
        at('a', 'high'),
        at('b', 'info'),
        at('b', 'critical', { status: 'waived' }),
        at('b', 'critical', { status: 'resolved' }),
      ]),
    );
    expect(heads.map(({ label }) => label)).toEqual(['a', 'b']);
    expect(rows[0]?.cells).toEqual([
      { count: 2, worst: 'high', undecided: 0 },
      { count: 1, worst: 'info', undecided: 0 },
    ]);
  });

  const A = '111111111111';
  const shown = ({ count, worst, undecided }: HeatCell) =>
    `${count > 0 ? `${worst} ${count}` : ''}${undecided > 0 ? `? ${undecided}` : ''}`;
  const table = (findings: readonly ReportFinding[], undecided: ReportData['undecided']) => {
    const map = heatMap(data(findings, undecided));
    const heads = map.columns.map(({ label }) => label);
    return [heads, ...map.rows.map(({ rule, cells }) => [rule, ...cells.map(shown)])];
  };
  const found = (cluster: string, rule = 'r') => findingOf({ rule, account: A, cluster, severity: 'low' });

  it.each<[string, readonly ReportFinding[], ReportData['undecided'], string[][]]>([
    ['nothing of what was decided', [found('a')], [], [['a'], ['r', 'low 1']]],
    [
      'its checks beside the findings',
      [found('a')],
      [{ rule: 'r', account: A, cluster: 'a', count: 3 }],
      [['a'], ['r', 'low 1? 3']],
    ],
    [
      'a column of a cluster in which nothing was found',
      [found('a')],
      [{ rule: 's', account: A, cluster: 'b', count: 2 }],
      [
        ['a', 'b'],
        ['r', 'low 1', ''],
        ['s', '', '? 2'],
      ],
    ],
    [
      'what was not read of an account in every cluster of it',
      [found('a'), findingOf({ rule: 'r', account: '222222222222', cluster: 'z', severity: 'low' })],
      [{ rule: 's', account: A, count: 1, whole: true }],
      [
        ['a', 'z', 'No cluster'],
        ['r', 'low 1', 'low 1', ''],
        ['s', '? 1', '', '? 1'],
      ],
    ],
    [
      'a role of an account in no cluster',
      [found('a')],
      [{ rule: 'r', account: A, count: 4 }],
      [
        ['a', 'No cluster'],
        ['r', 'low 1', '? 4'],
      ],
    ],
    [
      'every rule of an account that was not read, and no rule by that name',
      [found('a'), found('a', 's')],
      [{ rule: '*', account: A, count: 1, whole: true }],
      [
        ['a', 'No cluster'],
        ['r', 'low 1? 1', '? 1'],
        ['s', 'low 1? 1', '? 1'],
      ],
    ],
    [
      'clusters that are not told apart',
      [found('a')],
      [{ rule: 'r', account: '', count: 9 }],
      [
        ['a', 'Other clusters'],
        ['r', 'low 1', '? 9'],
      ],
    ],
  ])('shows of what was not decided %s', (_name, findings, undecided, expected) => {
    expect(table(findings, undecided)).toEqual(expected);
  });

  it('marks the clusters that are summed up, too, where their account was not read', () => {
    const many = Array.from({ length: 20 }, (_, index) => found(`c${String(index).padStart(2, '0')}`));
    const { columns: heads, rows } = heatMap(data(many, [{ rule: 'r', account: A, count: 1, whole: true }]));
    expect(heads.slice(-2).map(({ label }) => label)).toEqual(['4 other clusters', 'No cluster']);
    expect(rows[0]?.cells.every(({ undecided }) => undecided === 1)).toBe(true);
  });

  it('tells clusters of one name apart, and sums up those beyond what one can look at', () => {
    const many = Array.from({ length: 20 }, (_, index) => findingOf({ rule: 'r', cluster: `c${index}` }));
    const twins = ['111111111111', '222222222222'].map((account) =>
      findingOf({ rule: 'r', cluster: 'twin', account }),
    );
    expect(heatMap(data(twins)).columns.map(({ label }) => label)).toEqual([
      'twin (111111111111)',
      'twin (222222222222)',
    ]);
    const { columns: heads, rows } = heatMap(data(many));
    expect(heads.at(-1)).toEqual({ key: null, label: '4 other clusters' });
    expect(rows[0]?.cells.reduce((sum, { count }) => sum + count, 0)).toBe(20);
  });
});

describe('paths', () => {
  it('go from the cluster over chained roles to what the last one may do', () => {
    const [cart, idle] = allPaths(graph);
    expect([
      cart?.cluster?.label,
      cart?.holder?.label,
      cart?.roles.map(({ label }) => label),
      cart?.privilege?.label,
    ]).toEqual(['prod', 'shop/cart', ['cart', 'data'], 'Data']);
    expect([cart?.way, cart?.state]).toEqual(['pod-identity', 'broken']);
    expect([idle?.roles, idle?.privilege]).toEqual([[], null]);
  });

  it('end where roles lead in a circle', () => {
    const circle = { ...graph, edges: [...graph.edges, edge(4, 3, 'target')] };
    expect(allPaths(circle)[0]?.roles.map(({ label }) => label)).toEqual(['cart', 'data']);
  });

  it.each<[string, Partial<ReportFinding>, string[]]>([
    ['its ServiceAccount', { cluster: 'prod', namespace: 'shop', serviceAccount: 'idle' }, ['shop/idle']],
    ['its role, chained ones too', { role: TARGET }, ['shop/cart']],
  ])('are those of a finding by %s', (_name, place, expected) => {
    const { role: _role, ...rest } = findingOf();
    const finding = { ...rest, ...place };
    expect(pathsOf(finding, allPaths(graph)).map(({ holder }) => holder?.label)).toEqual(expected);
  });
});

describe('neighbourhoods', () => {
  it('hold what leads to a node and what it leads to, and not what only shares its privileges', () => {
    expect([...neighbourhood(graph, 1).nodes].sort()).toEqual([0, 1, 3, 4, 5, 6]);
    expect([...neighbourhood(graph, 2).nodes].sort()).toEqual([0, 2]);
  });

  it('are cut where nobody would see anything, and say how many are left out', () => {
    const { nodes: kept, leftOut, edges } = neighbourhood(graph, 0, 3);
    expect([kept.length, leftOut]).toEqual([3, 4]);
    expect(edges.every(({ from, to }) => kept.includes(from) && kept.includes(to))).toBe(true);
  });

  it('are entered at the cluster with the worst finding', () => {
    const other: GraphNode = { kind: 'cluster', name: 'other', label: 'staging', account: '111122223333' };
    const two = { ...graph, nodes: [...nodes, other] };
    const low = Array.from({ length: 9 }, () => findingOf({ cluster: 'prod', severity: 'low' }));
    const byNode = findingsByNode(two, [...low, findingOf({ cluster: 'staging', severity: 'critical' })]);
    expect(byNode.get(ARN)).toHaveLength(9);
    expect(entryOf(two, byNode)?.label).toBe('staging');
  });
});

it('columns put every node of any graph into a place of its own, by its kind', () => {
  const kinds = ['cluster', 'service-account', 'pattern', 'role', 'privilege'] as const;
  const anyGraph = fc.tuple(
    fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 30 }),
    fc.array(
      fc.tuple(
        fc.nat(29),
        fc.nat(29),
        fc.constantFrom<GraphEdge['way'][]>('holds', 'irsa', 'target', 'grants'),
      ),
      { maxLength: 60 },
    ),
  );
  fc.assert(
    fc.property(anyGraph, ([some, pairs]) => {
      const made: IdentityGraph = {
        nodes: some.map((kind, index) => ({ kind, name: String(index), label: '' })),
        edges: pairs
          .filter(([from, to]) => from < some.length && to < some.length)
          .map(([from, to, way]) => edge(from, to, way)),
        unknowns: [],
      };
      const places = columns(made, wholeOf(made), { across: 100, down: 10 });
      expect(places.size).toBe(some.length);
      const taken = [...places.values()].map(({ x, y }) => `${x} ${y}`);
      expect(new Set(taken).size).toBe(taken.length);
    }),
  );
});
