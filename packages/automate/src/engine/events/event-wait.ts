import type { Json, JsonObject } from '../../kernel/index.ts';
import type { FrozenMatch } from './match.ts';

/** The step type that waits for events. */
export const WAIT_FOR_EVENT = 'core.wait_for_event';

/** An event that is still to come, as a step or the settings of a workflow ask for it. */
export interface AwaitedEvent {
  /** A type, or a pattern such as `payment.*`. */
  readonly eventType: string;
  readonly match: FrozenMatch;
}

/** Somebody who waits for an event. */
export interface NewEventWait extends AwaitedEvent {
  readonly executionId: string;
  readonly tenantId: string;
  readonly traceId: string;
  /** Node path and iteration of the step that goes on with it; empty: the execution is cancelled by it. */
  readonly step: string;
  /** Of several events that cancel an execution. */
  readonly place: number;
}

/** A step that waits, and whether events count that came before it. */
export interface StepEventWait extends NewEventWait {
  readonly looksBack: boolean;
}

/** Which of them it is. */
export interface EventWaitKey {
  readonly executionId: string;
  readonly step: string;
  readonly place: number;
}

export interface EventWait extends EventWaitKey {
  readonly tenantId: string;
  readonly rule: Json;
  readonly values: JsonObject;
}

/** How events are looked for that are waited for in the same way. */
export interface Shape {
  readonly text: string;
  readonly eventType: string;
  readonly paths: readonly string[];
}

export function shapeText({ eventType, match }: AwaitedEvent): string {
  return JSON.stringify([eventType, ...match.paths]);
}

export function toShape(text: string): Shape {
  const [eventType, ...paths] = JSON.parse(text) as [string, ...string[]];
  return { text, eventType, paths };
}

const SIGNAL_PREFIX = 'event:';

/** The signal by which a step is handed its event. @param step node path and iteration */
export function eventSignal(step: string): string {
  return `${SIGNAL_PREFIX}${step}`;
}
