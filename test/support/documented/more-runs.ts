/** How each command that reads an estate is called, before it is said where from. */
const READERS: readonly string[] = [
  'audit --output ndjson',
  'explain --cluster prod -n shop --service-account api',
  'access --cluster prod',
  'who-can shop-api',
  'list associations',
  'plan',
  'grant-access --cluster prod --principal ARN --policy AmazonEKSViewPolicy',
  'associate --cluster prod --namespace shop --service-account api --role shop-api',
  'annotate --cluster prod --namespace shop --service-account api --role shop-api',
  'migrate pod-identity --cluster prod',
  'migrate access-entries --cluster prod',
  'migrate cluster --from prod-1 --to prod-2',
  'bindings',
  'collect',
  'report --format csv',
  'rollback DIGEST',
  'apply DIGEST --digest DIGEST',
  'probe --token - --cluster prod --jwks jwks.json',
];

const FROM: readonly string[] = [
  '--profile security --regions eu-central-1,us-east-1 --accounts 222233334444 --read-role podtrust-read --external-id text',
  '--no-kubernetes --concurrency 4 --whole-organization --quiet',
  '--organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
  '--kubeconfig KUBECONFIG --context here',
  '--snapshot estate.json',
];
/** Commands for which there is only live AWS. */
const LIVE: ReadonlySet<string> = new Set(['collect', 'apply']);

const sources = READERS.flatMap((reader) =>
  FROM.filter((from) => !(from.includes('--snapshot') && LIVE.has(reader.split(' ')[0] ?? ''))).map(
    (from) => `${reader} ${from}`,
  ),
);

/** The store of repairs: a file, or the hub's table. */
const REPAIRS: readonly string[] = [
  'approve DIGEST',
  'reject DIGEST',
  'apply DIGEST --digest DIGEST',
  'history',
  'rollback DIGEST',
  'fixes stop --reason text',
  'fixes resume --reason text',
  'fixes status',
  'fixes unlock DIGEST --reason text',
].flatMap((verb) => [
  `${verb} --store podtrust.repairs.db --profile security`,
  `${verb} --table TABLE --region eu-west-1`,
]);

const CONFIGURED: readonly string[] = READERS.filter(
  (reader) => !/^(audit|list|bindings|who-can|probe)/.test(reader),
).map((reader) => `${reader} --config podtrust.config.json`);

const SAMPLE = '--sessions sample --access-denied --sessions-within 1';

/** Calls beside the examples, so that every flag of every command is run. */
export const MORE: readonly string[] = [
  ...sources,
  ...REPAIRS,
  ...CONFIGURED,
  `audit --creators ${SAMPLE} --causes --causes-within 1 --output json`,
  'audit --cluster prod --role shop-api --config podtrust.config.json --waivers podtrust.waivers.yaml',
  `collect --creators ${SAMPLE} --require-coverage`,
  `plan --cluster prod --role shop-api ${SAMPLE}`,
  'associate --cluster prod --namespace shop --service-account api --role shop-api --access-analyzer',
  'annotate --cluster prod --namespace shop --service-account api --role shop-api --access-analyzer',
  `annotate --cluster prod --namespace shop --service-account api --remove ${SAMPLE}`,
  'migrate pod-identity --cluster prod --access-analyzer',
  'migrate access-entries --cluster prod --access-analyzer',
  'migrate cluster --from prod-1 --to prod-2 --access-analyzer',
  'report --format html --history told.json',
  'report --format html --causes --causes-within 1',
  `migrate pod-identity ${SAMPLE} --account 111122223333 --service-account api`,
  `migrate access-entries --cluster prod ${SAMPLE}`,
  `migrate cluster --from prod-1 --to prod-2 ${SAMPLE}`,
  'explain --cluster prod -n shop --service-account api --creators --output json',
  'explain --trust-policy trust.json --issuer URL -n shop --service-account api --audience sts.amazonaws.com --account 111122223333',
  'access --cluster prod --creators',
  'list roles --role shop-api',
  'probe --token - --offline --jwks jwks.json --audience sts.amazonaws.com --namespace shop --service-account checkout --output json',
  'lint trust.json --fail-on high --rule no-literal-wildcard --config podtrust.config.json --waivers podtrust.waivers.yaml',
  'lint infra --account 111122223333 --region eu-west-1',
  'lint trust.json --fix',
  'lint trust.json --skip-unknown',
  'approve plan.json --digest DIGEST --reason text --config podtrust.config.json --output json',
  'reject plan.json --digest DIGEST --reason text --config podtrust.config.json --output json',
  'apply plan.json --digest DIGEST --waivers podtrust.waivers.yaml --annotate --output json',
  'rollback DIGEST --output json',
  'compare old.json new.json --output json',
  'rules --output json',
  'waive --rule no-mixed-trust --region eu-* --cluster prod --namespace shop --service-account api --principal ARN --owner a --reason b --ticket c --expires 2027-01-31 --file other.yaml --config podtrust.config.json',
  'waivers check --soon 30 --config podtrust.config.json',
  'plan --waivers podtrust.waivers.yaml',
  'apply DIGEST --digest DIGEST --snapshot estate.json',
  'probe --cluster prod -n shop --service-account api --pod --image image --timeout 60',
  'probe --token - --offline --jwks jwks.json --issuer-ca ca.pem',
  'waivers push --table TABLE --profile security',
  'replay events/scenarios/trust-widened.json --config podtrust.config.json',
  'report --format asff --hub-region eu-west-1 --hub-account 111122223333 --rule no-mixed-trust --waivers podtrust.waivers.yaml',
];
