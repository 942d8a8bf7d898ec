import { z } from 'zod';
import { createOutbound, type Outbound, type OutboundSettings } from '../../outbound/index.ts';
import { defineFeature, setting } from '../../platform/index.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** The only way out: every call of the product goes through it. */
    readonly outbound: Outbound;
    /** For those who need a way out of their own, to what the operator has named. */
    readonly outboundSettings: OutboundSettings;
  }
}

const Given = z.object({
  allowHosts: setting.list().meta({
    description: '[hosts that steps may call](outbound.md#the-allow-list) although they are not public',
    bounds: 'list, separated by commas',
  }),
  hostRate: setting.integer({ default: 100, min: 0, max: 100_000 }).meta({
    description: '[requests a second](outbound.md#pace-and-breaker) to one host, of a tenant, from one process',
    bounds: '0 to 100,000; 0 is no limit',
  }),
  proxy: setting.httpUrl().optional().meta({
    description: '[proxy](outbound.md#through-a-proxy) that every call of a step goes through',
    bounds: '`http` or `https` URL, may hold `user:password@`',
  }),
});

function settingsFrom({ allowHosts, hostRate, proxy }: z.output<typeof Given>): OutboundSettings {
  return { allowHosts, hostRatePerSecond: hostRate, proxyUrl: proxy };
}

/** Calls to the outside, behind the guard. */
export const outbound = defineFeature({
  name: 'outbound',
  provides: ['outbound', 'outboundSettings'],
  settings: Given,
  commands: [
    {
      name: 'outbound check',
      group: 'What the guarded client may call',
      summary: 'Say whether workflows may call a URL, with the settings of this environment',
      example: 'automate outbound check https://api.example.com/v1',
      arguments: [{ name: '<url>', summary: 'absolute, http or https' }],
      async run(input) {
        const given = input.settings.of('outbound') as z.output<typeof Given>;
        await (await import('./outbound-check.ts')).outboundCheck(input, settingsFrom(given));
      },
    },
  ],
  create({ settings, logger, allServices }) {
    const outboundSettings = settingsFrom(settings);
    const client = createOutbound({
      ...outboundSettings,
      policy: { allowHosts: settings.allowHosts },
      requireHost: (tenantId, url) => allServices().policies.requireHost(tenantId, url),
      logger,
    });
    return { services: { outbound: client, outboundSettings }, close: () => client.close() };
  },
});
