import type { Config } from '../shared/config/config.ts';
import type { Estate } from '../shared/estate/estate.ts';
import type { Transition } from '../shared/findings/transition.ts';
import { sha256 } from '../shared/lambda/hash.ts';
import { planListOf } from '../shared/plans/plan-list.ts';
import { planRows } from '../shared/plans/plan-rows.ts';
import { htmlReport } from '../shared/reports/html/html-report.ts';
import type { ReportInput } from '../shared/reports/report.ts';
import { reportPage } from './report-page.ts';

/** Plans that one report makes, the worst findings' first: each is proved, which takes milliseconds. */
const MOST_PLANS = 500;

interface Judged {
  readonly estate: Estate;
  readonly config: Config;
  readonly history?: readonly Transition[];
}

/** An audit as HTML, with the graph, the chains and the plans of the estate that was judged. */
export async function htmlText(input: ReportInput, { estate, config, history }: Judged): Promise<string> {
  const shown = new Set(input.audit.findings.map(({ fingerprint }) => fingerprint));
  const stored = latestOf(history ?? []);
  const context = { estate, config, hash: sha256, now: input.takenAt, findings: stored };
  for (const { fingerprint } of stored) shown.add(fingerprint);
  const rows = planRows(context, ({ fingerprint }) => shown.has(fingerprint), MOST_PLANS);
  return htmlReport(
    {
      ...input,
      estate,
      plans: planListOf(rows, sha256),
      ...(history !== undefined && { history }),
    },
    await reportPage(),
  );
}

/** Findings as the history tells them last. */
function latestOf(history: readonly Transition[]): Transition['finding'][] {
  const last = new Map<string, Transition>();
  for (const transition of history) {
    const { fingerprint } = transition.finding;
    if ((last.get(fingerprint)?.sequence ?? 0) < transition.sequence) last.set(fingerprint, transition);
  }
  return [...last.values()].map(({ finding }) => finding);
}
