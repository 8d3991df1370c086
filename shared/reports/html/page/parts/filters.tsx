import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ReportData } from '../../data.ts';
import { nameOf } from '../heat-map.ts';
import { useNavigation } from '../navigation.ts';
import { type Filter, NO_FILTER } from '../route.ts';
import { clusterKey } from '../select.ts';
import { SEVERITIES, SEVERITY_WORDS } from '../words.ts';
import { shortened } from './place.tsx';
import { SeverityMark } from './severity.tsx';

/** Milliseconds without a key before a search begins. */
const PAUSE = 150;

/** What narrows the list; all of it goes into the address. */
export function Filters({ data }: { readonly data: ReportData }) {
  const { route, go } = useNavigation();
  const { filter } = route;
  const choices = useMemo(() => choicesOf(data), [data]);
  const narrow = (change: Partial<Filter>, replace = false) =>
    go({ filter: { ...filter, ...change }, page: 1, finding: '' }, replace);
  const narrowed = JSON.stringify(filter) !== JSON.stringify(NO_FILTER);
  return (
    <search aria-label="Filter findings">
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Search text={filter.text} search={(text) => narrow({ text }, true)} />
        <fieldset class="severities">
          <legend class="visually-hidden">Severity</legend>
          {SEVERITIES.map((severity) => (
            <label key={severity} class={filter.severities.includes(severity) ? 'chip chosen' : 'chip'}>
              <input
                type="checkbox"
                class="visually-hidden"
                checked={filter.severities.includes(severity)}
                onChange={() =>
                  narrow({
                    severities: SEVERITIES.filter(
                      (one) => (one === severity) !== filter.severities.includes(one),
                    ),
                  })
                }
              />
              <SeverityMark severity={severity} />
              {SEVERITY_WORDS[severity]}
            </label>
          ))}
        </fieldset>
        <Choice
          label="Status"
          value={filter.status}
          choices={STATUSES}
          choose={(status) => narrow({ status: asStatus(status) })}
        />
        <Choice
          label="Rule"
          value={filter.rule}
          choices={choices.rules}
          choose={(rule) => narrow({ rule })}
        />
        <Choice
          label="Cluster"
          value={filter.cluster}
          choices={choices.clusters}
          choose={(cluster) => narrow({ cluster })}
        />
        <Choice
          label="Account"
          value={filter.account}
          choices={choices.accounts}
          choose={(account) => narrow({ account })}
        />
        <button type="button" class="clear" disabled={!narrowed} onClick={() => narrow(NO_FILTER)}>
          Clear
        </button>
      </form>
    </search>
  );
}

interface SearchProps {
  readonly text: string;
  readonly search: (text: string) => void;
}

function Search({ text, search }: SearchProps) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => search(typed), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label class="search">
      <span class="visually-hidden">Search findings</span>
      <input
        type="search"
        placeholder="Search names, rules, texts"
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  );
}

type Choices = readonly (readonly [value: string, words: string])[];

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: Choices;
  readonly choose: (value: string) => void;
}

/** One of a list, or all. */
function Choice({ label, value, choices, choose }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">All</option>
        {choices.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

const STATUSES: Choices = [
  ['open', 'Open'],
  ['waived', 'Accepted'],
  ['resolved', 'Resolved'],
];

function asStatus(value: string): Filter['status'] {
  return value === 'open' || value === 'waived' || value === 'resolved' ? value : '';
}

function choicesOf({ findings, rules }: ReportData) {
  const sorted = (values: Iterable<string>) => [...new Set(values)].filter((value) => value !== '').sort();
  const number = (name: string) => rules[name]?.number ?? '';
  return {
    rules: sorted(findings.map(({ rule }) => rule))
      .sort((a, b) => (number(a) < number(b) ? -1 : 1))
      .map((rule) => [rule, `${number(rule)} ${rule}`] as const),
    clusters: sorted(findings.map(clusterKey))
      .map((key) => [key, shortened(`${nameOf(key)} (${key.slice(0, key.indexOf('/'))})`)] as const)
      .sort(([, a], [, b]) => (a < b ? -1 : 1)),
    accounts: sorted(findings.map(({ account }) => account)).map((account) => [account, account] as const),
  };
}
