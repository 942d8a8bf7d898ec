import { z } from 'zod';
import type { FeatureSettings } from '../../platform/index.ts';

/** A number that a tenant may have or do at most; of two layers the lower one holds. */
export interface LimitRule {
  readonly kind: 'limit';
  readonly name: string;
  readonly description: string;
  readonly minimum: number;
  readonly maximum: number;
  /** What holds where neither layer says anything; null is no limit. Default: null. */
  readonly fallback?: number | ((settings: FeatureSettings) => number | null);
  /** The ceiling of a tenant where the operator set none. */
  readonly ceiling?: number;
  /** What is counted, in a sentence such as "The tenant has 3 workflows". */
  readonly noun?: string;
}

/** Patterns of what is allowed, or of what is not. */
export interface ListRule {
  readonly kind: 'allow' | 'deny';
  readonly name: string;
  readonly description: string;
  /** One pattern. */
  readonly item: z.ZodType<string, string>;
  readonly maximumItems: number;
  /** Whether all that the second pattern stands for is allowed by the first. */
  covers(pattern: string, other: string): boolean;
}

/** A rule of a tenant's policy. Features declare theirs; each is shown, checked and stored by its name. */
export type PolicyRule = LimitRule | ListRule;

declare module '../../platform/index.ts' {
  interface FeatureParts {
    /** What the policy of a tenant can say. */
    readonly policies?: readonly PolicyRule[];
  }
}

/** The schema of a rule's value. */
export function valueSchemaOf(rule: PolicyRule): z.ZodType {
  return rule.kind === 'limit'
    ? z.int().min(rule.minimum).max(rule.maximum).describe(rule.description)
    : z.array(rule.item).max(rule.maximumItems).describe(rule.description);
}
