import { isObject } from '../form/pointer.ts';

/** JSON that was typed, or why it is none. */
export interface Typed {
  readonly value?: unknown;
  readonly problem?: string;
}

export function parsed(typed: string): Typed {
  try {
    return { value: JSON.parse(typed) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** An object that was typed, else undefined. */
export function objectOf(typed: string): Record<string, unknown> | undefined {
  const { value } = parsed(typed);
  return isObject(value) ? value : undefined;
}
