import type { DatabaseKind } from '../../packages/automate/src/testing/index.ts';

/** A row of the fault suite: what is broken, and what must hold all the same. */
export interface Scenario {
  /** As after `--only`. */
  readonly name: string;
  readonly injects: string;
  readonly passes: string;
  readonly databases: readonly DatabaseKind[];
  run(options: ScenarioOptions): Promise<Outcome>;
}

export interface ScenarioOptions {
  readonly kind: DatabaseKind;
  readonly seed: number;
  /** The same seed gives the same numbers. From 0 up to, not including, 1. */
  random(): number;
  /** Whether it is the short part, which `npm test` runs. */
  readonly isShort: boolean;
  /** How many kills, where there are any. Default: the scenario's own. */
  readonly kills?: number | undefined;
  /** Text for people. */
  say(text: string): void;
}

/** What a scenario has found. */
export interface Outcome {
  /** Requests that were answered with 2xx and must have come to an end. */
  readonly acknowledged: number;
  readonly executions: number;
  /** Processes killed or frozen, connections cut, servers restarted. */
  readonly faults: number;
  /** Acknowledged, and not ended as it should have. */
  readonly lost: number;
  /** Effects of a step that had been stored as finished before. */
  readonly reRun: number;
  /** Effects repeated where a fault allows it. */
  readonly duplicates: number;
  /** Milliseconds from a fault until each job that it stopped went on. */
  readonly resumed: readonly number[];
  /** What else was measured, with its unit in the name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What did not hold; empty: the scenario passes. */
  readonly problems: readonly string[];
  /** Why it could not be run here. It is then neither passed nor failed. */
  readonly notRun?: string;
}

/** The outcome of a scenario of which nothing is known. */
const NOTHING: Outcome = {
  acknowledged: 0,
  executions: 0,
  faults: 0,
  lost: 0,
  reRun: 0,
  duplicates: 0,
  resumed: [],
  figures: {},
  problems: [],
};

/** An outcome of a scenario that this machine cannot run. */
export function notRun(reason: string): Outcome {
  return { ...NOTHING, notRun: reason };
}

/** An outcome of a scenario that could not go on. */
export function brokenOff(problem: string): Outcome {
  return { ...NOTHING, problems: [problem] };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
