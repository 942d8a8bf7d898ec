export const studio: string;
export const stamp: string;
export function isStudioBuilt(): boolean;
export function hashOfSources(): string;
