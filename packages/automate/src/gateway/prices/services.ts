import type { Prices } from './prices.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly modelPrices: Prices;
  }
}
