/** What somebody has typed, as JSON; or why it is none. */
export function parsed(typed: string): { readonly value: unknown; readonly problem: string | undefined } {
  try {
    return { value: JSON.parse(typed) as unknown, problem: undefined };
  } catch (error) {
    return { value: undefined, problem: (error as Error).message };
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
