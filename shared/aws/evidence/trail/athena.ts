import { AthenaClient } from '@aws-sdk/client-athena';
import type { TrailTable } from '../../../config/evidence.ts';
import { type ClientOptions, clientConfigs } from '../../clients.ts';

/** The client that a table is asked through. Its own file: only who asks loads the SDK of Athena. */
export function athenaClient(options: ClientOptions, { account, region }: TrailTable): AthenaClient {
  return new AthenaClient(clientConfigs(options)(account ?? null, region ?? null));
}
