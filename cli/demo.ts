import { join } from 'node:path';
import { audit } from '../shared/audit/audit.ts';
import { collect } from '../shared/aws/collect.ts';
import { defaultConfig } from '../shared/config/config.ts';
import { buildEstate } from '../shared/estate/build-estate.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';
import { writeSnapshot } from '../shared/estate/write-snapshot.ts';
import type { Transition } from '../shared/findings/transition.ts';
import { sha256 } from '../shared/lambda/hash.ts';
import type { Waiver } from '../shared/waivers/waiver.ts';
import { demoOrganization, demoSnapshot } from '../simulator/demo/organization.ts';
import { PLATFORM, PRODUCTION, STAGING } from '../simulator/demo/places.ts';
import { simulatedKubernetes } from '../simulator/kubernetes.ts';
import { type Chapter, runEventStory } from '../simulator/pipeline/event-story.ts';
import { runRepairStory } from '../simulator/pipeline/repair-story.ts';
import type { Simulation } from '../simulator/simulation.ts';
import { writeText } from './files.ts';
import { htmlText } from './html-report.ts';
import type { Io } from './io.ts';
import { auditText } from './output/audit-text.ts';
import { json } from './output/json.ts';
import { plain } from './output/plain.ts';
import { standingText, transitionText } from './output/story-text.ts';
import { styleFor } from './output/style.ts';
import { VERSION } from './version.ts';

/** Reads, judges, disturbs and repairs the simulated organization, and writes snapshot, audit and report into the folder `out`. */
export async function runDemo(out: string, io: Io): Promise<void> {
  const style = styleFor(io);
  const title = (text: string) => io.out(`${style.bold(text)}\n\n`);
  const simulation = demoOrganization();
  title('1. An organization is read: the real AWS SDK clients, answered by the simulator');
  const snapshot = await read(simulation);
  const estate = buildEstate(snapshot);
  io.out(
    `${estate.accounts.size} accounts, ${estate.clusters.length} clusters, ${estate.roles.length} roles.\n\n`,
  );

  title('2. It is judged: every rule over every cluster, role, provider and association');
  const judged = audit(estate, { config: defaultConfig, hash: sha256 });
  io.out(`${auditText(judged, io)}\n`);

  title('3. Events arrive: the deployed state machine and handlers, in this process');
  const chapters = await runEventStory(simulation, (chapter, at) => io.out(chapterText(chapter, at, io)));
  const loudest = chapters
    .flatMap(({ messages }) => messages)
    .find(({ attributes }) => attributes['severity'] === 'critical');
  if (loudest !== undefined) {
    title('As an email says it:');
    io.out(`${indented(loudest.text)}\n`);
  }

  title('4. Repairs: planned and proved, approved by their digest, applied, verified; or refused');
  const repairs = await runRepairStory(simulation, ({ title: what, lines }, at) => {
    io.out(`${at.toISOString().slice(11, 16)}  ${style.bold(plain(what))}\n`);
    for (const line of lines) io.out(`    ${plain(line, 300)}\n`);
    io.out('\n');
  });

  const report = join(out, 'report.html');
  title(
    '5. The report: the organization as it is now, with what happened to each finding, and one that is accepted',
  );
  const told = [...chapters.flatMap(({ standing, transitions }) => [...standing, ...transitions])];
  const history = [...told, ...repairs.flatMap(({ transitions }) => transitions)];
  await writeText(report, await reportOf(await read(simulation), history), io);
  io.out(`Open ${plain(report)} in a browser: one file, no network.\n\n`);

  await writeText(join(out, 'snapshot.json'), writeSnapshot(snapshot), io);
  await writeText(join(out, 'audit.json'), json(judged), io);
  title(`Written: ${plain(join(out, 'snapshot.json'))} and ${plain(join(out, 'audit.json'))}. Try:`);
  io.out(NEXT.replaceAll('FILE', plain(join(out, 'snapshot.json'))));
}

async function read(simulation: Simulation): Promise<Snapshot> {
  const snapshot = await collect({
    clients: simulation.clients({ account: PLATFORM.id }),
    accounts: [STAGING.id, PRODUCTION.id],
    now: simulation.clock.now,
    kubernetes: simulatedKubernetes(demoSnapshot()),
    creators: { seconds: 60, sleep: async () => undefined },
  });
  return { ...snapshot, organization: { complete: true } };
}

function reportOf(snapshot: Snapshot, history: readonly Transition[]): Promise<string> {
  const estate = buildEstate(snapshot);
  const { mostDays } = defaultConfig.waivers;
  const accepted = { now: new Date(snapshot.takenAt), mostDays, waivers: [ACCEPTED] };
  const input = {
    audit: audit(estate, { config: defaultConfig, hash: sha256, accepted }),
    takenAt: snapshot.takenAt,
    version: VERSION,
    partitions: new Map<string, string>(),
  };
  return htmlText(input, { estate, config: defaultConfig, history });
}

/** What the organization knows, and accepts for a while. */
const ACCEPTED: Waiver = {
  rule: 'no-foreign-issuer',
  role: '*:role/vendor-scanner',
  owner: 'platform-security@example.com',
  reason: 'The scanner runs in the cluster of its vendor, by contract.',
  ticket: 'SEC-214',
  expires: '2026-12-31',
};

function chapterText(chapter: Chapter, at: Date, io: Io): string {
  const { standing, transitions, evaluations } = chapter;
  const style = styleFor(io);
  const none = transitions.length === 0 ? `    nothing to tell (evaluations: ${evaluations})\n` : '';
  return [
    `${at.toISOString().slice(11, 16)}  ${style.bold(plain(chapter.title))}\n`,
    standing.length === 0 ? '' : standingText(standing),
    standing.length === 0 ? none : '',
    ...transitions.map((transition) => transitionText(transition, io)),
    '\n',
  ].join('');
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${plain(line)}`.trimEnd())
    .join('\n')
    .concat('\n');

const NEXT = `  (in a clone, podtrust is: npm run -s podtrust --)
  podtrust audit --snapshot FILE --severity high
  podtrust explain --snapshot FILE --cluster prod-shop --namespace shop --service-account payments
  podtrust explain --snapshot FILE --cluster prod-edge --principal arn:aws:iam::161803398874:role/edge-operators
  podtrust access --snapshot FILE --cluster staging-data
  podtrust list pods --snapshot FILE --cluster prod-shop --namespace shop
  podtrust who-can prod-edge-terraform-runner --snapshot FILE
`;
