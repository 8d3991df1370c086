import { pageAssets } from '../../shared/lambda/page-assets.ts';
import type { ReportData } from '../../shared/reports/html/data.ts';

/** A page that does nothing: what is asked of a file around it needs no bundling. */
export const NO_PAGE = pageAssets({ script: 'void 0;', style: 'p{}' });

/** The data that an HTML report holds. */
export function dataIn(html: string): ReportData {
  const [, json = ''] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html) ?? [];
  return JSON.parse(json);
}
