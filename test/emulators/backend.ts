import * as eks from '@aws-sdk/client-eks';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { createSimulation } from '../../simulator/simulation.ts';
import { ACCOUNT, REGION, type Step } from './step.ts';

/** Where scripts run: an emulator over HTTP, or the simulator. */
export interface Backend {
  readonly name: string;
  readonly send: (step: Step) => Promise<object>;
  /** Forgets everything. */
  readonly reset: () => Promise<void>;
}

interface Sender {
  send(command: never): Promise<object>;
}

const MODULES = { eks, iam, sts } as const;

type Clients = Readonly<Record<Step['service'], Sender>>;

function backend(name: string, clients: () => Clients, reset: () => Promise<void>): Backend {
  return {
    name,
    reset,
    send: ({ service, operation, input }) => {
      const Command: unknown = Reflect.get(MODULES[service], `${operation}Command`);
      if (typeof Command !== 'function') throw new Error(`No operation ${service}:${operation} in the SDK.`);
      return clients()[service].send(Reflect.construct(Command, [input]) as never);
    },
  };
}

/** An emulator on loopback. ministack takes the account from the access key id, moto has this one anyway. */
export function httpBackend(name: string, endpoint: string, resetPath: string): Backend {
  const config = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'x' },
    maxAttempts: 1,
  };
  const clients = {
    eks: new eks.EKSClient(config),
    iam: new iam.IAMClient(config),
    sts: new sts.STSClient(config),
  };
  const reset = async () => {
    const { ok, status } = await fetch(endpoint + resetPath, { method: 'POST' });
    if (!ok) throw new Error(`${name} could not be reset: ${status}`);
  };
  return backend(name, () => clients, reset);
}

/** The simulator. Emulators know no waiting, so nothing takes time here either. */
export function simulatorBackend(): Backend {
  let clients = freshClients();
  const reset = async () => {
    clients = freshClients();
  };
  return backend('simulator', () => clients, reset);
}

function freshClients(): Clients {
  const simulation = createSimulation({
    now: '2026-11-22T09:00:00Z',
    accounts: [{ id: ACCOUNT, regions: [REGION] }],
    clusterCreationSeconds: 0,
    updateSeconds: 0,
  });
  const principal = `arn:aws:iam::${ACCOUNT}:root`;
  const clients = simulation.clients({ region: REGION, principal, maxAttempts: 1 });
  return {
    eks: clients('eks', null, REGION),
    iam: clients('iam', null, REGION),
    sts: clients('sts', null, REGION),
  };
}
