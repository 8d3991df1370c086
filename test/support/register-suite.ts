import { describe, expect, it } from 'vitest';
import type { Lane } from '../../shared/pipeline/lane.ts';
import type { BusyLane, ScopeRegister } from '../../shared/pipeline/register.ts';
import { requestOf } from './pipeline.ts';

const lane: Lane = { kind: 'account', account: '111122223333' };
const cluster: Lane = { kind: 'cluster', account: '111122223333', region: 'eu-west-1', cluster: 'shop' };

const eventIds = (ids: readonly string[]) =>
  requestOf({ causes: ids.map((eventId) => ({ ...requestOf().causes[0]!, eventId })), events: ids.length });

export async function busyLanes(register: ScopeRegister): Promise<BusyLane[]> {
  const found: BusyLane[] = [];
  const unreadable = (error: Error) => {
    throw error;
  };
  for await (const each of register.busy(unreadable)) found.push(each);
  return found;
}

/** What every register must do, wherever it keeps its lanes; `make` gives an empty one. */
export function registerSuite(make: () => Promise<ScopeRegister>): void {
  describe('a register', () => {
    it('keeps what is asked for until its turn settled, and what came meanwhile for the next', async () => {
      const register = await make();
      const turn = await register.request(lane, [eventIds(['e1'])], ['e1']);
      const begun = await register.begin(turn!);
      expect(begun?.requests).toEqual([eventIds(['e1'])]);
      expect(await register.request(lane, [eventIds(['e2'])], ['e2'])).toEqual(turn);
      const next = await register.settle(turn!, begun!.covering);
      expect(next?.number).toBeGreaterThan(turn!.number);
      expect(await register.begin(turn!)).toBeNull();
      const last = await register.begin(next!);
      expect(last?.requests).toEqual([eventIds(['e2'])]);
      expect(await register.settle(next!, last!.covering)).toBeNull();
      expect(await register.request(lane, [eventIds(['e1', 'e2'])], ['e1', 'e2'])).toBeNull();
    });

    it('lists the lanes that are busy, each with the turn that is out, and no other', async () => {
      const register = await make();
      const turn = await register.request(lane, [eventIds(['e1'])], ['e1']);
      const other = await register.request(cluster, [eventIds(['e2'])], ['e2']);
      const listed = await busyLanes(register);
      expect(listed.map((each) => each.turn).sort((a, b) => a.name.localeCompare(b.name))).toEqual(
        [turn!, other!].sort((a, b) => a.name.localeCompare(b.name)),
      );
      await register.settle(turn!, (await register.begin(turn!))!.covering);
      const replaced = await register.replace(other!);
      expect(await busyLanes(register)).toMatchObject([{ turn: replaced, abandoned: 1 }]);
    });

    it('loses none of ten requests at once, and hands out one turn for them', async () => {
      const register = await make();
      const ids = Array.from({ length: 10 }, (_, n) => `e${n}`);
      const turns = await Promise.all(ids.map((id) => register.request(lane, [eventIds([id])], [id])));
      expect(new Set(turns.map((turn) => turn?.name)).size).toBe(1);
      const begun = await register.begin(turns[0]!);
      expect(begun?.requests).toMatchObject([{ events: 10 }]);
    });

    it('lets one of two that settle and replace at once win, and both see the same turn', async () => {
      const register = await make();
      const turn = await register.request(lane, [eventIds(['e1'])], ['e1']);
      const { covering } = (await register.begin(turn!))!;
      await register.request(lane, [eventIds(['e2'])], ['e2']);
      const [settled, replaced] = await Promise.all([
        register.settle(turn!, covering),
        register.replace(turn!),
      ]);
      expect(settled).not.toBeNull();
      expect(replaced).toEqual(settled);
      expect(await busyLanes(register)).toMatchObject([{ turn: settled }]);
    });
  });
}
