import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import * as z from 'zod';
import { clientConfigs } from '../../shared/aws/clients.ts';
import { partitionOfRegion } from '../../shared/aws/partitions.ts';
import { callerProof, decisionText } from '../../shared/aws/repairs/caller-proof.ts';
import { type Decision, decisionSchema } from '../../shared/changes/guards/approval.ts';
import type { Decided } from '../../shared/pipeline/repair/decide.ts';
import { UsageError } from '../errors.ts';

interface HubDecision {
  readonly digest: string;
  readonly verdict: Decision['verdict'];
  readonly reason?: string;
  readonly function: string;
  readonly region?: string;
  readonly profile?: string;
}

const decidedSchema = decisionSchema.extend({ goesOn: z.boolean() });

const failureSchema = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/** Lets the hub record a decision, with AWS's own proof of who decides. Throws UsageError with what the hub says. */
export async function decideInHub(of: HubDecision, now: () => Date): Promise<Decided> {
  const { digest, verdict, reason, profile, region } = of;
  const access = { ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
  const client = new LambdaClient(clientConfigs(access)(null, null));
  try {
    const home = await client.config.region();
    const endpoint = process.env['AWS_ENDPOINT_URL_STS'] ?? process.env['AWS_ENDPOINT_URL'];
    const place = { region: home, partition: partitionOfRegion(home).name, endpoint };
    const credentials = await fromNodeProviderChain(profile === undefined ? {} : { profile })();
    const proof = await callerProof(credentials, place, decisionText(digest, verdict), now());
    const Payload = JSON.stringify({ digest, verdict, proof, ...(reason !== undefined && { reason }) });
    const answer = await client.send(new InvokeCommand({ FunctionName: of.function, Payload }));
    const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
    if (answer.FunctionError === undefined) {
      const decided = decidedSchema.safeParse(body);
      if (decided.success) return decided.data;
      throw new UsageError(
        `What ${of.function} answered is no decision as this version of podtrust reads it: see podtrust history ${digest}, and deploy the hub from the same version.`,
      );
    }
    const failure = failureSchema.safeParse(body);
    throw new UsageError(failure.success ? failure.data.errorMessage : 'The hub could not decide.');
  } finally {
    client.destroy();
  }
}
