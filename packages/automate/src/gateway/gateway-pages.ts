import type { StudioPage } from '../platform/index.ts';

/** What the Studio shows of the gateway. */
export const gatewayPages: readonly StudioPage[] = [];
