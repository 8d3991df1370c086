import { beforeAll, describe, expect, it } from 'vitest';
import { type Chapter, NoStageError, runEventStory } from '../../../simulator/pipeline/event-story.ts';
import { createSimulation } from '../../../simulator/simulation.ts';
import { ACCOUNT, organizationWithCluster } from '../../support/simulated-cluster.ts';

interface Told {
  readonly change: string;
  readonly finding: { readonly rule: string; readonly kind: string };
  readonly causes: readonly object[];
}

const told = ({ messages }: Chapter): Told[] => messages.map(({ json }) => JSON.parse(json));

describe('the story of events', () => {
  const printed: string[] = [];
  let chapters: readonly Chapter[] = [];

  beforeAll(async () => {
    const { simulation } = await organizationWithCluster();
    chapters = await runEventStory(simulation, (line) => printed.push(line));
  });

  it('tells one thing of each change that is wrong, and nothing of those that are right', () => {
    expect(chapters.map((chapter) => notices(chapter).length)).toEqual([0, 1, 0, 1]);
  });

  it('finds what broke the role, and who did it', () => {
    expect(notices(chapters[1]!)[0]).toMatchObject({
      type: 'finding',
      finding: { kind: 'broken', rule: 'no-malformed-subject' },
      cause: {
        eventName: 'UpdateAssumeRolePolicy',
        actor: { session: 'alice@example.com' },
        sourceAddress: '203.0.113.24',
      },
    });
  });

  it('finds what opened the role to the world, and who did it', () => {
    expect(notices(chapters[3]!)[0]).toMatchObject({
      type: 'finding',
      finding: { kind: 'open', rule: 'no-public-trust' },
      cause: { actor: { session: 'bob@example.com' }, sourceAddress: '198.51.100.7' },
    });
  });

  it('prints it in words', () => {
    expect(printed.join('\n')).toMatch(/session bob@example\.com/);
  });
});

it('the story needs a cluster to play at', async () => {
  const simulation = createSimulation({ now: '2026-11-20T09:00:00Z', accounts: [{ id: ACCOUNT }] });
  await expect(runEventStory(simulation, () => {})).rejects.toThrow(NoStageError);
});
