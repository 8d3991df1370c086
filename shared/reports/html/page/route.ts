import type { Severity } from '../../../findings/finding.ts';
import type { ReportFinding } from '../data.ts';
import { SEVERITIES } from './words.ts';

const VIEWS = ['overview', 'findings', 'graph', 'undecided'] as const;
export type View = (typeof VIEWS)[number];

/** What narrows the list of findings; empty: everything. */
export interface Filter {
  readonly severities: readonly Severity[];
  readonly status: ReportFinding['status'] | '';
  /** Name of a rule. */
  readonly rule: string;
  readonly account: string;
  /** Key of a cluster, as `clusterKey` makes it. */
  readonly cluster: string;
  /** Words that all have to occur. */
  readonly text: string;
}

export const NO_FILTER: Filter = { severities: [], status: '', rule: '', account: '', cluster: '', text: '' };

/** Where the reader is: all of it is in the address, so that every place of a report can be linked to. */
export interface Route {
  readonly view: View;
  readonly filter: Filter;
  /** Fingerprint of the finding that is open, or empty. */
  readonly finding: string;
  /** Page of the list, from 1. */
  readonly page: number;
  /** Name of the node that the graph is drawn around, or empty. */
  readonly focus: string;
}

const STATUSES: readonly string[] = ['open', 'waived', 'resolved'];

/** Reads the part of the address after `#`; whatever it does not know is left out. */
export function parseRoute(hash: string): Route {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const get = (name: string): string => parameters.get(name) ?? '';
  const finding = get('finding');
  const view = VIEWS.find((one) => one === get('view')) ?? (finding === '' ? 'overview' : 'findings');
  const status = get('status');
  const page = Number(get('page'));
  return {
    view,
    finding,
    page: Number.isInteger(page) && page > 0 ? page : 1,
    focus: get('focus'),
    filter: {
      severities: SEVERITIES.filter((severity) => get('severity').split(',').includes(severity)),
      status: isStatus(status) ? status : '',
      rule: get('rule'),
      account: get('account'),
      cluster: get('cluster'),
      text: get('q'),
    },
  };
}

function isStatus(text: string): text is ReportFinding['status'] {
  return STATUSES.includes(text);
}

/** The address of a place, with `#`; what is as it is without saying so is left out. */
export function hashOf({ view, filter, finding, page, focus }: Route): string {
  const pairs: readonly (readonly [string, string])[] = [
    ['view', view === 'overview' || (view === 'findings' && finding !== '') ? '' : view],
    ['severity', filter.severities.join(',')],
    ['status', filter.status],
    ['rule', filter.rule],
    ['account', filter.account],
    ['cluster', filter.cluster],
    ['q', filter.text],
    ['page', page > 1 ? String(page) : ''],
    ['focus', view === 'graph' ? focus : ''],
    ['finding', finding],
  ];
  return `#${new URLSearchParams(Object.fromEntries(pairs.filter(([, value]) => value !== '')))}`;
}

/** The list of findings under a filter. */
export function listRoute(filter: Partial<Filter>): Route {
  return { view: 'findings', filter: { ...NO_FILTER, ...filter }, finding: '', page: 1, focus: '' };
}
