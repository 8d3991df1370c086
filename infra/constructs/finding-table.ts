import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { FINDING_TABLE } from '../../shared/aws/findings/table.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Where findings live: what was found, what became of it, and what is still to be told. */
export class FindingTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    const { partitionKey, sortKey, timeToLive, local, listed } = FINDING_TABLE;
    this.table = new Table(this, 'Table', {
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: timeToLive,
      stream: StreamViewType.NEW_IMAGE,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const name of Object.values(local)) {
      this.table.addLocalSecondaryIndex({
        indexName: name,
        sortKey: text(name),
        projectionType: ProjectionType.ALL,
      });
    }
    this.table.addGlobalSecondaryIndex({
      indexName: listed.name,
      partitionKey: text(listed.partitionKey),
      sortKey: text(listed.sortKey),
      projectionType: ProjectionType.ALL,
    });
  }
}
