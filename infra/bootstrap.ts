import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { partitionOfRegion } from '../shared/aws/partitions.ts';

/** A region of the hub's account into which something is deployed. */
interface Environment {
  readonly account: string;
  readonly region: string;
}

/** Where the CDK's bootstrap says of which version it is (AWS CDK guide, "Bootstrap your environment"; default qualifier). */
export const VERSION_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** The environments of a hub: its region, and the one in which IAM's events arrive, when that is another. */
export function environmentsOf({ account, region }: Environment): readonly Environment[] {
  const { iamRegion } = partitionOfRegion(region);
  return [...new Set([region, iamRegion])].map((each) => ({ account, region: each }));
}

/**
 * Those that were never bootstrapped. Throws what SSM throws, but that the parameter is not there: who may not look must
 * not bootstrap by mistake.
 */
export async function missingBootstraps(
  environments: readonly Environment[],
  ssm: (region: string) => SSMClient,
): Promise<readonly Environment[]> {
  const found = await Promise.all(
    environments.map(({ region }) =>
      ssm(region)
        .send(new GetParameterCommand({ Name: VERSION_PARAMETER }))
        .then(
          () => true,
          (error: unknown) => {
            if (error instanceof ParameterNotFound) return false;
            throw error;
          },
        ),
    ),
  );
  return environments.filter((_, at) => found[at] === false);
}

/** What somebody hands on to the CDK. */
interface Given {
  /** What says who deploys and what: for every command. */
  readonly shared: readonly string[];
  /** The rest, for the deployment. */
  readonly rest: readonly string[];
  /** Nobody sits there who could be asked. */
  readonly unattended: boolean;
}

/** The commands of the CDK that bring a hub into being, in order. */
export function deployCommands(
  missing: readonly Environment[],
  { shared, rest, unattended }: Given,
): readonly (readonly string[])[] {
  const places = missing.map(({ account, region }) => `aws://${account}/${region}`);
  const asks = rest.some((argument) => argument.startsWith('--require-approval'));
  const approval = unattended && !asks ? ['--require-approval', 'never'] : [];
  return [
    ...(places.length === 0 ? [] : [['bootstrap', ...places, ...shared]]),
    ['deploy', '--all', ...shared, ...rest, ...approval],
  ];
}
