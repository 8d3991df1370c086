import { describe, expect, it } from 'vitest';
import { CANARY, isCanary, sendCanary } from '../../../shared/pipeline/canary.ts';
import type { Metric } from '../../../shared/pipeline/telemetry.ts';

const sentAt = '2026-11-20T09:00:00.000Z';
const arrived = {
  source: CANARY.source,
  'detail-type': CANARY.detailType,
  account: '111122223333',
  detail: { sentAt },
};

function look(message: unknown) {
  const counted = new Map<Metric, number>();
  const telemetry = {
    note: () => {},
    count: (metric: Metric, value = 1) => void counted.set(metric, value),
  };
  return { is: isCanary(message, telemetry, () => new Date('2026-11-20T09:00:07Z')), counted };
}

it('the canary says when it was sent', async () => {
  const sent: object[] = [];
  await sendCanary({ bus: { put: async (event) => void sent.push(event) }, now: () => new Date(sentAt) })();
  expect(sent).toEqual([{ ...CANARY, detail: { sentAt } }]);
});

describe('a message', () => {
  it('of the canary is counted with the seconds that it took', () => {
    const { is, counted } = look(arrived);
    expect(is).toBe(true);
    expect(Object.fromEntries(counted)).toEqual({ CanaryArrived: 1, SecondsOfCanary: 7 });
  });

  it.each([
    ['of another source', { ...arrived, source: 'aws.iam' }],
    ['of another type', { ...arrived, 'detail-type': 'AWS API Call via CloudTrail' }],
    ['without a time', { ...arrived, detail: {} }],
    ['that is no object', 'podtrust.canary'],
    ['that is no JSON', undefined],
  ])('%s is none of the canary’s', (_name, message) => {
    const { is, counted } = look(message);
    expect([is, counted.size]).toEqual([false, 0]);
  });
});
