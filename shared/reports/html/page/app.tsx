import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { ReportData } from '../data.ts';
import { NavigationProvider, useAddress, useNavigation } from './navigation.ts';
import { OnPaper } from './parts/text.tsx';
import { ThemeSwitch } from './parts/theme-switch.tsx';
import { usePrinting } from './printing.ts';
import { listRoute, type View } from './route.ts';
import { finder } from './select.ts';
import { FindingsView } from './views/findings.tsx';
import { GraphView } from './views/graph.tsx';
import { OverviewView } from './views/overview.tsx';
import { PrintedReport } from './views/printed.tsx';
import { UndecidedView } from './views/undecided.tsx';
import { timeWords } from './words.ts';

/** The whole page: a head, the way between the views, and the view that the address names. */
export function App({ data }: { readonly data: ReportData }) {
  const navigation = useAddress();
  const { route } = navigation;
  const find = useMemo(() => finder(data.findings), [data]);
  const found = useMemo(() => find(route.filter), [find, JSON.stringify(route.filter)]);
  const printing = usePrinting();
  useEffect(() => {
    document.title = `${TITLES[route.view]} · podtrust report, ${data.takenAt.slice(0, 10)}`;
  }, [route.view, data]);
  return (
    <NavigationProvider value={navigation}>
      <button type="button" class="skip" onClick={toMain}>
        Skip to content
      </button>
      <Head data={data} view={route.view} />
      <main id="main" tabIndex={-1}>
        {printing ? (
          <OnPaper.Provider value={true}>
            <PrintedReport data={data} findings={found} />
          </OnPaper.Provider>
        ) : (
          <Shown view={route.view}>
            {{
              overview: <OverviewView data={data} />,
              findings: <FindingsView data={data} found={found} />,
              graph: <GraphView data={data} />,
              undecided: <UndecidedView data={data} />,
            }}
          </Shown>
        )}
      </main>
      <footer class="foot">
        podtrust {data.version} · read {timeWords(data.takenAt)} · this file needs no network and sends
        nothing
      </footer>
    </NavigationProvider>
  );
}

function Shown({
  view,
  children,
}: {
  readonly view: View;
  readonly children: Readonly<Record<View, ComponentChildren>>;
}) {
  return <>{children[view]}</>;
}

const TITLES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  findings: 'Findings',
  graph: 'Graph',
  undecided: 'Not decided',
};

function Head({ data, view }: { readonly data: ReportData; readonly view: View }) {
  const open = Object.values(data.summary.findings).reduce((sum, count) => sum + count, 0);
  const counts: Readonly<Partial<Record<View, number>>> = { findings: open, undecided: data.coverage.length };
  const views: readonly View[] = [
    'overview',
    'findings',
    ...(data.graph === null ? [] : ['graph' as const]),
    'undecided',
  ];
  return (
    <header class="head">
      <p class="brand">
        podtrust<span class="brand-rest"> report</span>
      </p>
      <nav aria-label="Parts of the report">
        <ul>
          {views.map((one) => (
            <li key={one}>
              <Tab view={one} current={view === one} count={counts[one]} />
            </li>
          ))}
        </ul>
      </nav>
      <ThemeSwitch />
    </header>
  );
}

function Tab(props: { readonly view: View; readonly current: boolean; readonly count: number | undefined }) {
  const { to } = useNavigation();
  const { view, current, count } = props;
  return (
    <a
      href={to({ ...listRoute(view === 'findings' ? { status: 'open' } : {}), view })}
      aria-current={current ? 'page' : undefined}
    >
      {TITLES[view]}
      {count !== undefined && <span class="tab-count">{count.toLocaleString('en')}</span>}
    </a>
  );
}

/** A link would write the address, which belongs to the views. */
function toMain(): void {
  document.getElementById('main')?.focus();
}
