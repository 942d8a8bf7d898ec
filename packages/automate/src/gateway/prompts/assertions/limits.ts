import { z } from 'zod';
import { usdOf } from '../usd.ts';
import { type AssertionType, declare } from './assertion-type.ts';

const latency = declare({
  type: 'latency',
  description: 'The answer came in time',
  config: z.strictObject({ max_ms: z.int().min(1).max(86_400_000).describe('Milliseconds to the end of the answer') }),
  evaluate: ({ max_ms: most }, { latencyMs }) => ({ passed: latencyMs <= most, reason: `took ${latencyMs} ms of ${most}` }),
});

const cost = declare({
  type: 'cost',
  description: 'The answer was not too dear; one whose price is not known fails',
  config: z.strictObject({ max_usd: z.number().min(0).max(1_000_000).describe('Dollars') }),
  evaluate({ max_usd: most }, { costNanos }) {
    if (costNanos === null) return { passed: false, reason: 'its price is not known' };
    return { passed: costNanos <= Math.round(most * 1e9), reason: `cost $${usdOf(costNanos)} of $${most}` };
  },
});

/** Whether an answer kept to time and money. */
export const limitAssertions: readonly AssertionType[] = [latency, cost];
