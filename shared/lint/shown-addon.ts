import { ADDON_SERVICE_ACCOUNTS } from '../identity/addon-service-accounts.ts';
import type { ShownCluster } from './shown.ts';
import type { Values } from './unresolved.ts';

interface Written {
  readonly at: number;
  readonly name: string;
  readonly serviceAccountRoleArn: string | undefined;
  /** Of an add-on that leaves them open: null. */
  readonly associations:
    | readonly {
        readonly at: number;
        readonly namespace?: string | undefined;
        readonly serviceAccount: string;
        /** Undefined where eksctl makes the role. */
        readonly roleArn?: string | undefined;
      }[]
    | null;
}

/**
 * An add-on with the associations that it is given (EKS API, AddonPodIdentityAssociations). They are in the namespace of its
 * ServiceAccounts, which no file tells.
 */
export function shownAddon(
  { at, name, serviceAccountRoleArn, associations }: Written,
  values: Values,
): Pick<ShownCluster, 'addons' | 'associations'> {
  const usual = ADDON_SERVICE_ACCOUNTS[name]?.[0];
  const value = {
    name,
    ...(serviceAccountRoleArn !== undefined && { serviceAccountRoleArn }),
    ...(associations !== null && {
      podIdentityAssociations: associations.map(({ serviceAccount }) => `association of ${serviceAccount}`),
    }),
  };
  return {
    addons: [{ at, value }],
    associations: (associations ?? []).map((one) => ({
      at: one.at,
      value: {
        namespace: one.namespace ?? usual ?? values.value(`namespace of add-on ${name}`, at),
        serviceAccount: one.serviceAccount,
        ...(one.roleArn !== undefined && { roleArn: one.roleArn }),
      },
    })),
  };
}
