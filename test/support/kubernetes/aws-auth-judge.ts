import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { awsAuthJudge } from './programs.ts';

/** A caller as STS names it: see test/kubernetes/aws-auth-judge/README.md. */
export interface JudgedCaller {
  readonly arn: string;
  readonly account: string;
  readonly userId: string;
  readonly accessKeyId: string;
}

/** A ConfigMap's data and who signs in. */
export interface JudgedDocument {
  readonly data: Readonly<Record<string, string>>;
  readonly callers: readonly JudgedCaller[];
}

const mapping = { username: z.string(), groups: z.array(z.string()), userid: z.string() };

const verdictSchema = z.object({
  error: z.string().nullable(),
  roles: z.array(z.object({ rolearn: z.string(), ...mapping })),
  users: z.array(z.object({ userarn: z.string(), ...mapping })),
  accounts: z.array(z.string()),
  callers: z.array(
    z.object({
      canonicalArn: z.string(),
      sessionName: z.string(),
      mapped: z.boolean(),
      username: z.string(),
      groups: z.array(z.string()),
      error: z.string().nullable(),
    }),
  ),
});

/** What AWS's authenticator makes of a document. */
export type JudgeVerdict = z.infer<typeof verdictSchema>;

/**
 * The verdicts of AWS's authenticator on these documents, in order, from one process that reads as fast as verdicts are
 * taken. Throws GoBuildError without Go, an Error with what the judge printed when it fails.
 */
export async function* judgeAwsAuth(documents: Iterable<JudgedDocument>): AsyncGenerator<JudgeVerdict> {
  const judge = spawn(await awsAuthJudge(), [], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = once(judge, 'exit');
  let printed = '';
  judge.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  const feeding = pipeline(Readable.from(linesOf(documents)), judge.stdin).catch(() => undefined);
  try {
    for await (const line of createInterface({ input: judge.stdout })) {
      yield verdictSchema.parse(JSON.parse(line));
    }
    await feeding;
    const [code] = await exit;
    if (code !== 0) throw new Error(`the aws-auth judge ended with ${code}: ${printed}`);
  } finally {
    judge.kill();
  }
}

function* linesOf(documents: Iterable<JudgedDocument>): Generator<string> {
  for (const document of documents) yield `${JSON.stringify(document)}\n`;
}
