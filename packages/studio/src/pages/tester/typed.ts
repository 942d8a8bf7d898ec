/** JSON that was typed, or why it is none. */
export interface Typed {
  readonly value?: unknown;
  readonly problem?: string;
}

export function parsed(text: string): Typed {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
