import type { FeatureParts } from '../platform/index.ts';
import { summarizeCalls } from './calls/summary.ts';

const HOUR_MS = 3_600_000;
const SPANS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS };
const NANOS = 1_000_000_000;
/** Part of the calls that fail, from which on something is wrong. */
const MANY = 0.05;

/** What models were asked lately: how often, how many of it failed, and what it cost. */
export const gatewayTiles: NonNullable<FeatureParts['tiles']> = [
  {
    name: 'model_calls',
    title: { en: 'Model calls', it: 'Chiamate ai modelli' },
    icon: 'sparkle',
    scope: 'calls:read',
    async read({ database }, { tenantId, within }) {
      const from = new Date(Date.now() - SPANS[within]).toISOString();
      const { calls, failed, cost_nanos: nanos, unpriced } = await summarizeCalls(database, tenantId, { created_after: from });
      if (calls === 0) return undefined;
      const rate = failed / calls;
      const percent = (language: string) => rate.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 });
      const spent = `${unpriced > 0 ? '≥ ' : ''}$${(nanos / NANOS).toFixed(2)}`;
      return {
        value: calls,
        ...(failed > 0 && { tone: rate >= MANY ? 'bad' : 'warning' }),
        note: { en: `${percent('en')} failed, ${spent}`, it: `${percent('it')} fallite, ${spent}` },
        href: `calls/?within=${within}`,
      };
    },
  },
];
