import * as z from 'zod';

/** How a state machine hands on what it caught. */
export const stepFailureSchema = z.object({ Error: z.string(), Cause: z.string().optional() });

export type StepFailure = Readonly<z.infer<typeof stepFailureSchema>>;

const LONGEST = 500;

/** A Lambda's failure arrives as JSON text with errorMessage and a stack; the message alone is for people. */
export function failureReason({ Error: name, Cause: detail = '' }: StepFailure): string {
  return `${name}: ${messageIn(detail)}`.slice(0, LONGEST);
}

function messageIn(detail: string): string {
  try {
    return z.object({ errorMessage: z.string() }).parse(JSON.parse(detail)).errorMessage;
  } catch {
    return detail.split('\n', 1)[0] ?? '';
  }
}
