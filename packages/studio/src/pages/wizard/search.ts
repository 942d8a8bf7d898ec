/** What the address says of a wizard. */
export interface MakeSearch {
  /** Name of the template that was chosen. */
  readonly template?: string;
  /** Step, from 1; missing for the first. */
  readonly step?: number;
}

export function readMakeSearch(search: Record<string, unknown>): MakeSearch {
  const { template, step } = search;
  return {
    ...(typeof template === 'string' && /^[a-z0-9-]{1,60}$/.test(template) && { template }),
    ...(Number.isInteger(step) && Number(step) > 1 && Number(step) < 20 && { step: Number(step) }),
  };
}
