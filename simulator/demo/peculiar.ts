import { prodData } from './insides/prod-data.ts';
import { prodEdge } from './insides/prod-edge.ts';
import { prodShop } from './insides/prod-shop.ts';
import { stagingData } from './insides/staging-data.ts';
import { stagingShop } from './insides/staging-shop.ts';
import { tools } from './insides/tools.ts';
import type { Peculiar } from './kubernetes.ts';
import { PROD_DATA, PROD_EDGE, PROD_SHOP, STAGING_DATA, STAGING_SHOP, TOOLS } from './places.ts';

/** What is different in the Kubernetes APIs of the demo's clusters, by cluster: mostly mistakes, listed in `faults.ts`. */
export const PECULIAR: Readonly<Record<string, Peculiar>> = {
  [PROD_DATA.name]: prodData.peculiar,
  [PROD_EDGE.name]: prodEdge.peculiar,
  [PROD_SHOP.name]: prodShop.peculiar,
  [STAGING_DATA.name]: stagingData.peculiar,
  [STAGING_SHOP.name]: stagingShop.peculiar,
  [TOOLS.name]: tools.peculiar,
};
