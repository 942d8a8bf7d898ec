/** A step type, a prefix such as `core.*`, or `*`. */
export const STEP_PATTERN = /^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/;

export function matchesStepType(pattern: string, type: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/** Whether every step type that the second pattern stands for is one of the first too. */
export function coversStepType(pattern: string, other: string): boolean {
  if (pattern === other || pattern === '*') return true;
  return other !== '*' && pattern.endsWith('.*') && other.startsWith(pattern.slice(0, -1));
}
