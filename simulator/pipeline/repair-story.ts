import { CreateRoleCommand, GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Approver } from '../../shared/changes/guards/approval.ts';
import { type Config, configSchema } from '../../shared/config/config.ts';
import type { Transition } from '../../shared/findings/transition.ts';
import type { Message } from '../../shared/pipeline/message.ts';
import { openSqliteRecords } from '../../shared/sqlite/records.ts';
import type { Simulation } from '../simulation.ts';
import { type Stage, stageOf } from './event-story.ts';
import { createPipeline } from './pipeline.ts';
import { transitionIn } from './transition-in.ts';

/** One thing that somebody does about a repair, and what comes of it. */
export interface RepairChapter {
  readonly title: string;
  /** What was told and what happened, in order. */
  readonly lines: readonly string[];
  /** What it told of findings. */
  readonly transitions: readonly Transition[];
}

/**
 * Tells how a broken trust policy is repaired in a simulated organization: found from its event, planned, approved,
 * applied, its own event comes back, and the finding resolves; and how a plan is refused whose role was edited
 * meanwhile, and one that somebody changed after it was made. Throws NoStageError.
 */
export async function runRepairStory(
  simulation: Simulation,
  tell: (chapter: RepairChapter, at: Date) => void,
): Promise<readonly RepairChapter[]> {
  const stage = stageOf(simulation);
  const records = openSqliteRecords(':memory:');
  const pipeline = createPipeline(simulation, { config: configOf(stage), repair: { records } });
  const clients = simulation.as(stage.account, engineer(stage), { session: 'alice@example.com' });
  const iam = clients('iam', null, null);
  const chapters: RepairChapter[] = [];
  const known = new Set<string>();
  let told: Transition[] = [];
  const chapter = (title: string, lines: readonly string[]): void => {
    const ended = { title, lines, transitions: told };
    told = [];
    chapters.push(ended);
    tell(ended, simulation.clock.now());
    simulation.clock.advance(600);
  };
  const write = (role: string, subject: string) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role, PolicyDocument: trustOf(stage, subject) }));
  const standing = async (role: string, plan: string): Promise<string> => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    const text = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    const subject = /system:serviceaccount:[^"]+/.exec(text)?.[0] ?? '';
    const [last] = [...(await pipeline.repairs.store.entries(plan))].reverse();
    return `${role} trusts ${subject}; last in the history: ${last?.what}${last?.by === undefined ? '' : ` by ${last.by}`}${last?.reason === undefined ? '' : `, ${last.reason}`}`;
  };
  /** What is told meanwhile of repairs, and of findings of the three roles. */
  const settle = async (): Promise<{ readonly lines: string[]; readonly plan: string }> => {
    const messages = (await pipeline.settle()).filter((message) => concerns(message, known));
    told.push(...messages.flatMap((message) => transitionIn(message) ?? []));
    const asked = messages.find(({ attributes }) => attributes['what'] === 'approval-requested');
    return { lines: messages.map(({ subject }) => subject), plan: asked?.attributes['plan'] ?? '' };
  };
  try {
    for (const name of ROLES) {
      known.add(name);
      await iam.send(
        new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustOf(stage, subjectOf(name)) }),
      );
    }
    await pipeline.settle();

    const [invoices, mailer, ledger] = ROLES;
    await write(invoices, slipOf(invoices));
    const first = await settle();
    chapter('alice edits the trust policy of shop-invoices, whose ServiceAccount is declared, and slips', [
      ...first.lines,
      await standing(invoices, first.plan),
    ]);
    await pipeline.repairs.decide(first.plan, 'approved', bob(stage));
    const fixed = await settle();
    chapter('bob looks at the plan and approves its digest', [
      ...fixed.lines,
      await standing(invoices, first.plan),
    ]);

    await write(mailer, slipOf(mailer));
    const second = await settle();
    await write(mailer, 'system:serviceaccount:shop:mailer-2');
    await pipeline.repairs.decide(second.plan, 'approved', bob(stage));
    const stale = await settle();
    chapter('the same happens to shop-mailer, but alice edits it again before bob approves', [
      ...second.lines,
      ...stale.lines,
      await standing(mailer, second.plan),
    ]);

    await write(ledger, slipOf(ledger));
    const third = await settle();
    const part = `plan#${third.plan}`;
    const kept = await records.read(part, 'plan');
    const poisoned = (kept?.body ?? '').replaceAll(subjectOf(ledger), 'system:serviceaccount:dev:mallory');
    await records.write(part, 'plan', poisoned, kept?.version ?? 0);
    const refusal = await pipeline.repairs
      .decide(third.plan, 'approved', bob(stage))
      .then(() => 'approved', String);
    await pipeline.repairs.resume(third.plan);
    const last = await settle();
    const ended = pipeline.repairs.executions.at(-1)?.ended;
    chapter('somebody changes the kept plan for shop-ledger, so that it lets dev/mallory in', [
      ...third.lines,
      `approving: ${refusal.slice(0, 160)}…`,
      `going on without: ${ended?.status === 'failed' ? `${ended.error}, nothing is written` : 'went on'}`,
      ...last.lines,
      await standing(ledger, third.plan),
    ]);
  } finally {
    pipeline.close();
    records.close();
  }
  return chapters;
}

const ROLES = ['shop-invoices', 'shop-mailer', 'shop-ledger'] as const;

const accountName = (role: string): string => role.replace('shop-', '');
const subjectOf = (role: string): string => `system:serviceaccount:shop:${accountName(role)}`;
const slipOf = (role: string): string => `system:serviceaccount:shop/${accountName(role)}`;
const partitionOf = ({ provider }: Stage): string => provider.split(':')[1] ?? 'aws';
const arnOf = (stage: Stage, role: string): string =>
  `arn:${partitionOf(stage)}:iam::${stage.account}:role/${role}`;
const engineer = (stage: Stage): string => arnOf(stage, 'people/PlatformEngineer');

/** Only what the story is about is repaired: the organization has many more faults. */
function configOf(stage: Stage): Config {
  const cluster = `arn:${partitionOf(stage)}:eks:${stage.region}:${stage.account}:cluster/${stage.cluster}`;
  return configSchema.parse({
    bindings: ROLES.map((role) => ({
      cluster,
      namespace: 'shop',
      serviceAccount: accountName(role),
      role: arnOf(stage, role),
    })),
    fixes: { mode: 'off', settings: [{ rule: 'no-malformed-subject', mode: 'approve' }] },
  });
}

function bob(stage: Stage): Approver {
  const { account } = stage;
  const arn = `arn:${partitionOf(stage)}:sts::${account}:assumed-role/SecurityLead/bob@example.com`;
  return { arn, account, userId: 'AROASECURITYLEAD:bob@example.com' };
}

function trustOf({ provider, issuer }: Stage, subject: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer}:sub`]: subject, [`${issuer}:aud`]: 'sts.amazonaws.com' } },
      },
    ],
  });
}

function concerns({ json, attributes }: Message, roles: ReadonlySet<string>): boolean {
  if (attributes['rule'] === 'no-missing-binding') return false;
  return [...roles].some((role) => json.includes(`:role/${role}`));
}
