import type { StudioPage } from '../platform/index.ts';
import { moneyPages } from './money-pages.ts';

/** What the Studio shows of the gateway. */
export const gatewayPages: readonly StudioPage[] = [...moneyPages];
