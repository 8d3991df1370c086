/**
 * What documents write of a command within a sentence without everything that it needs, `explain --principal`, and a call
 * that is run and has all of it.
 */
export const FRAGMENTS: Readonly<Record<string, string>> = {
  explain: 'explain --cluster C --namespace N --service-account S',
  access: 'access --cluster C',
  'who-can': 'who-can ROLE',
  probe: 'probe --cluster C --namespace N --service-account S',
  lint: 'lint FILE…',
  replay: 'replay FILE…',
  approve: 'approve DIGEST --function podtrust-decide',
  apply: 'apply DIGEST --digest DIGEST --config podtrust.config.json',
  rollback: 'rollback DIGEST',
  waive:
    'waive --rule no-mixed-trust --account 222233334444 --role *:role/legacy-* --owner data@example.com --reason batch still runs on EC2 --ticket DATA-7 --expires 2027-01-31',
  'grant-access':
    'grant-access --cluster prod --principal ARN --policy AmazonEKSViewPolicy --snapshot estate.json',
  associate: 'associate --cluster prod --namespace shop --service-account api --role shop-api',
  annotate: 'annotate --cluster prod --namespace shop --service-account api --role shop-api',
  'annotate --remove': 'annotate --cluster prod --namespace shop --service-account api --remove',
  'apply … --annotate':
    'apply plan.json --digest DIGEST --waivers podtrust.waivers.yaml --annotate --output json',
  'explain --principal': 'explain --cluster C --principal ARN',
  'explain --cluster prod-2': 'explain --cluster C --principal ARN',
  'lint --fix': 'lint trust.json --fix',
  report: 'report --format ocsf',
  'report --format …': 'report --format ocsf',
  'collect --sessions':
    'collect --creators --sessions sample --access-denied --sessions-within 1 --require-coverage',
  'audit --sessions':
    'audit --creators --sessions sample --access-denied --sessions-within 1 --causes --causes-within 1 --output json',
  'replay --output json': 'replay cloudtrail-logs/ --output json',
  'fixes stop': 'fixes stop --reason …',
  'fixes unlock': 'fixes unlock DIGEST --reason …',
  'migrate …': 'migrate access-entries --cluster prod',
};
