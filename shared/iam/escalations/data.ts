/** Reading and writing what services keep: one group of actions, lower-cased, per kind of data. */
export interface DataGroup {
  /** Service of the ARN that a resource pattern must overlap. */
  readonly service: string;
  readonly actions: readonly string[];
  /** After "reads or writes". */
  readonly noun: string;
}

function group(service: string, noun: string, names: string, prefix = service): DataGroup {
  return { service, noun, actions: names.split(' ').map((name) => `${prefix}:${name}`) };
}

/**
 * Data actions as AWS documents them in the service authorization reference. Metadata (`s3:ListBucket`,
 * `dynamodb:DescribeTable`), logs and container images are not counted.
 */
export const DATA_GROUPS: readonly DataGroup[] = [
  group(
    's3',
    'S3 objects',
    'getobject getobjectversion putobject deleteobject deleteobjectversion putobjectacl putbucketpolicy replicateobject restoreobject',
  ),
  group('s3express', 'S3 objects', 'createsession'),
  group(
    'dynamodb',
    'DynamoDB items',
    'getitem batchgetitem query scan putitem batchwriteitem updateitem deleteitem getrecords partiqlselect partiqlinsert partiqlupdate partiqldelete exporttabletopointintime',
  ),
  group(
    'secretsmanager',
    'secrets',
    'getsecretvalue batchgetsecretvalue putsecretvalue updatesecret putresourcepolicy',
  ),
  group(
    'ssm',
    'parameters',
    'getparameter getparameters getparametersbypath getparameterhistory putparameter deleteparameter',
  ),
  group('kms', 'what KMS keys protect', 'decrypt reencryptfrom creategrant putkeypolicy'),
  group('rds', 'databases', 'executestatement batchexecutestatement executesql', 'rds-data'),
  group('rds-db', 'databases', 'connect'),
  group('rds', 'database snapshots', 'createdbsnapshot modifydbsnapshotattribute startexporttask'),
  group('redshift', 'the Redshift warehouse', 'getclustercredentials getclustercredentialswithiam'),
  group(
    'redshift',
    'the Redshift warehouse',
    'executestatement batchexecutestatement getstatementresult',
    'redshift-data',
  ),
  group('sqs', 'queue messages', 'receivemessage sendmessage deletemessage purgequeue'),
  group('sns', 'topic messages', 'publish subscribe'),
  group('kinesis', 'stream records', 'getrecords subscribetoshard putrecord putrecords'),
  group('firehose', 'stream records', 'putrecord putrecordbatch'),
  group('kafka', 'Kafka topics', 'readdata writedata', 'kafka-cluster'),
  group('athena', 'query results', 'startqueryexecution getqueryresults'),
  group('es', 'the search domain', 'eshttpget eshttppost eshttpput eshttpdelete eshttppatch'),
  group('aoss', 'the search collection', 'apiaccessall'),
  group('elasticfilesystem', 'EFS files', 'clientmount clientwrite clientrootaccess'),
  group('ebs', 'disk snapshots', 'getsnapshotblock putsnapshotblock'),
  group('ec2', 'disk snapshots', 'modifysnapshotattribute'),
  group('ec2', 'Windows passwords', 'getpassworddata'),
  group('codecommit', 'source code', 'gitpull gitpush getfile'),
  group('cassandra', 'Keyspaces rows', 'select modify'),
  group('neptune-db', 'graph data', 'connect readdataviaquery writedataviaquery deletedataviaquery'),
  group('timestream', 'time series', 'select writerecords'),
  group('dsql', 'databases', 'dbconnect dbconnectadmin'),
  group('elasticache', 'the cache', 'connect'),
  group('backup', 'backups', 'startrestorejob startcopyjob'),
];
