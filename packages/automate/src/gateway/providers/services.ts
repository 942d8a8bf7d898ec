import type { KindRegistry } from './kinds-registry.ts';
import type { ProviderProbe, ProviderReport } from './probe-provider.ts';
import type { ProviderService } from './provider-service.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly providers: ProviderService;
    readonly providerKinds: KindRegistry;
    readonly testProvider: (probe: ProviderProbe) => Promise<ProviderReport>;
    readonly gatewayNews: GatewayNews;
  }
}

/** Tells every process that providers or endpoints of a tenant have changed. */
export interface GatewayNews {
  announce(tenantId: string): Promise<void>;
}
