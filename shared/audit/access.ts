import { type Config, defaultConfig } from '../config/config.ts';
import type { ClusterView, Estate } from '../estate/estate.ts';
import { type Dead, deadWay } from '../identity/access/dead-way.ts';
import { ACCESS_GRADES } from '../identity/access/policies.ts';
import { standingOf } from '../identity/access/standing.ts';
import { accessOf, type Way } from '../identity/access/ways.ts';
import type { Failure } from '../rules/define-rule.ts';
import { rules } from '../rules/index.ts';
import { judge } from '../rules/judge.ts';
import { ACCESS_VERSION, type AccessReport, type ReportedWay } from './access-report.ts';
import { compareText } from './order.ts';

/** Rules about cluster access; the number's band says so. */
const ACCESS_RULES = rules.filter(({ number }) => number.startsWith('PT-4'));

/** Everyone who can enter a cluster, through what, as whom, and with which rights: the strongest first. Never throws. */
export function clusterAccess(
  estate: Estate,
  cluster: ClusterView,
  config: Config = defaultConfig,
): AccessReport {
  const { ways, missing, mode } = accessOf(cluster);
  const { failures } = judge(estate, config, { cluster }, ACCESS_RULES);
  const listed = new Set(ways.map(({ principal }) => principal));
  const providers = cluster.missing('identityProviderConfigs');
  return {
    schemaVersion: ACCESS_VERSION,
    cluster: cluster.cluster.arn,
    authenticationMode: mode ?? null,
    ways: ways.map((way) => reported(way, estate, failures)).sort(strongestFirst),
    problems: failures
      .filter(({ where: { principal } }) => principal === undefined || !listed.has(principal))
      .map(problemOf),
    identityProviders:
      providers === null ? (cluster.cluster.identityProviderConfigs ?? []).map(({ name }) => name) : null,
    unknowns: [...missing, ...(providers === null ? [] : [providers])].map(({ read, reason }) => ({
      read,
      reason,
    })),
  };
}

const problemOf = ({ rule, severity, detail }: Failure) => ({ rule: rule.name, severity, detail });

/** Whether it counts, and whether the principal that it is for is there to use it. */
function stateOf(way: Way, estate: Estate): Pick<ReportedWay, 'state' | 'why'> {
  const { state, why, who } = way;
  const dead = state === 'open' && who !== null ? deadWay(way, standingOf(who, estate)) : null;
  return dead === null ? { state, why } : { state: dead, why: DEAD[dead] };
}

const DEAD: Readonly<Record<Dead, string>> = {
  ghost: 'The principal does not exist.',
  tombstoned: 'The entry is for the principal that had this name before.',
};

function reported(way: Way, estate: Estate, failures: readonly Failure[]): ReportedWay {
  const { grade, atLeast, clusterWide, from, missing } = way.rights();
  return {
    surface: way.surface,
    principal: way.principal,
    ...stateOf(way, estate),
    purpose: way.purpose,
    type: way.type ?? null,
    username: way.username,
    groups: way.groups === null ? null : [...way.groups],
    policies:
      way.policies?.map(({ policyArn, scope }) => ({
        policy: policyArn,
        scope: scope.type,
        namespaces: [...(scope.namespaces ?? [])],
      })) ?? null,
    grade,
    atLeast,
    clusterWide,
    from: [...from],
    missing: missing === null ? null : { read: missing.read, reason: missing.reason },
    problems: failures
      .filter(({ where: { principal } }) => principal !== undefined && principal === way.principal)
      .map(problemOf),
  };
}

const PURPOSES = ['people', 'nodes', 'eks'];

/** Ways that let nobody in. */
const CLOSED: ReadonlySet<ReportedWay['state']> = new Set([
  'ignored',
  'shadowed',
  'unmatched',
  'ghost',
  'tombstoned',
]);

function strongestFirst(a: ReportedWay, b: ReportedWay): number {
  return (
    PURPOSES.indexOf(a.purpose) - PURPOSES.indexOf(b.purpose) ||
    Number(CLOSED.has(a.state)) - Number(CLOSED.has(b.state)) ||
    ACCESS_GRADES.indexOf(a.atLeast) - ACCESS_GRADES.indexOf(b.atLeast) ||
    compareText(a.principal ?? '', b.principal ?? '') ||
    compareText(a.surface, b.surface)
  );
}
