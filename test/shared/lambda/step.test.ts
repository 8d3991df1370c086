import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { logTelemetry } from '../../../shared/lambda/logger.ts';
import { step } from '../../../shared/lambda/step.ts';
import { InvalidInputError, StaleReadError } from '../../../shared/pipeline/errors.ts';
import { LAMBDA_CONTEXT } from '../../../simulator/pipeline/interpreter.ts';

const Input = z.strictObject({ account: z.string().regex(/^\d{12}$/), nested: z.object({ n: z.number() }) });
const valid = { account: '111122223333', nested: { n: 1 } };

let printed: string[];

beforeEach(() => {
  printed = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
});

afterEach(() => vi.restoreAllMocks());

describe('a step', () => {
  it('hands the checked input to the use case and its result back', async () => {
    const handler = step(Input).handler(async ({ nested }) => ({ doubled: nested.n * 2 }));
    expect(await handler(valid, LAMBDA_CONTEXT)).toEqual({ doubled: 2 });
  });

  it.each<[string, unknown, string]>([
    ['a missing part', { account: '111122223333' }, '/nested'],
    ['a wrong type', { ...valid, nested: { n: 'secret-value' } }, '/nested/n'],
    ['a wrong form', { ...valid, account: 'secret-value' }, '/account'],
    ['an unknown part', { ...valid, more: 'secret-value' }, '/'],
    ['nothing', undefined, '/'],
    ['a text', 'secret-value', '/'],
  ])('refuses %s by its place, without showing it, before the use case runs', async (_name, event, place) => {
    const run = vi.fn();
    const failed = step(Input).handler(run)(event, LAMBDA_CONTEXT);
    await expect(failed).rejects.toThrow(InvalidInputError);
    await expect(failed).rejects.toThrow(place);
    await expect(failed).rejects.not.toThrow('secret-value');
    expect(run).not.toHaveBeenCalled();
    expect(printed.join('\n')).not.toContain('secret-value');
  });

  it('lets an error through by its name, which the state machine goes by', async () => {
    const handler = step(Input).handler(async () => {
      throw new StaleReadError('not yet');
    });
    await expect(handler(valid, LAMBDA_CONTEXT)).rejects.toMatchObject({
      name: 'StaleReadError',
      message: 'not yet',
    });
    expect(printed.join('\n')).toContain('StaleReadError');
  });

  it('cuts an error that is longer than a state machine should hold, after the log has it whole', async () => {
    const handler = step(Input).handler(async () => {
      throw new StaleReadError(`${'"'.repeat(40_000)}the end`);
    });
    const error: Error = await handler(valid, LAMBDA_CONTEXT).catch((thrown) => thrown);
    expect(error.name).toBe('StaleReadError');
    // What Lambda hands on, as text in the state of an execution: those of forty regions fit.
    const cause = JSON.stringify({ errorMessage: error.message, trace: error.stack?.split('\n') });
    expect(JSON.stringify(cause).length * 40).toBeLessThan(256 * 1024);
    expect(printed.join('\n')).toContain('the end');
  });

  it.each([
    ['succeeds', async () => {}],
    ['fails', async () => Promise.reject(new Error('no'))],
  ])('that %s writes its metrics, once', async (_name, end) => {
    const handler = step(Input).handler(async () => {
      logTelemetry.count('EventsReceived', 3);
      await end();
    });
    await handler(valid, LAMBDA_CONTEXT).catch(() => undefined);
    await step(Input).handler(async () => {})(valid, LAMBDA_CONTEXT);
    const written = printed.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line));
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({
      EventsReceived: 3,
      _aws: { CloudWatchMetrics: [{ Namespace: 'podtrust' }] },
    });
  });
});
