import { type Decision, decisionSchema } from '../guards/approval.ts';
import { type ApprovalRequest, approvalRequestSchema } from './approval-request.ts';
import { planPart, type RepairPorts, readKept } from './parts.ts';
import { change } from './records.ts';

/** Who was asked, and who decided. */
export function decisions({ records }: RepairPorts) {
  const read = (plan: string, body: string) => readKept(decisionSchema, `${planPart(plan)} decision`, body);
  return {
    request: async (request: ApprovalRequest): Promise<void> =>
      change(records, planPart(request.plan), 'request', () => ({
        body: JSON.stringify(request),
        result: undefined,
      })),
    requested: async (plan: string): Promise<ApprovalRequest | null> => {
      const kept = await records.read(planPart(plan), 'request');
      return kept === null ? null : readKept(approvalRequestSchema, `${planPart(plan)} request`, kept.body);
    },
    decide: async (decision: Decision): Promise<Decision> =>
      change(records, planPart(decision.plan), 'decision', (body) => {
        const known = body === null ? null : read(decision.plan, body);
        if (known?.verdict === 'rejected') return { body: null, result: known };
        return { body: JSON.stringify(decision), result: decision };
      }),
    decision: async (plan: string): Promise<Decision | null> => {
      const kept = await records.read(planPart(plan), 'decision');
      return kept === null ? null : read(plan, kept.body);
    },
  };
}
