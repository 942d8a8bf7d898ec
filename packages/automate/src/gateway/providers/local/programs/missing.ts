import { gatewayErrors } from '../../../errors.ts';
import { findPackageFile, findProgram } from './find-program.ts';

/** A program, and the packages of Debian that bring it. */
export interface NeededProgram {
  readonly program: string;
  readonly packages: readonly string[];
}

/** Says which programs this machine lacks. @returns `missing: flite (apt install flite)`; undefined when none */
export async function missingPrograms(needed: readonly NeededProgram[]): Promise<string | undefined> {
  const found = await Promise.all(needed.map(({ program }) => findProgram(program)));
  const lacking = needed.filter((_, index) => found[index] === undefined);
  if (lacking.length === 0) return undefined;
  const packages = [...new Set(lacking.flatMap((each) => each.packages))];
  return `missing: ${lacking.map(({ program }) => program).join(', ')} (apt install ${packages.join(' ')})`;
}

/** Says which packages of npm are not installed. @returns `missing: npm install tesseract.js`; undefined when none */
export function missingPackages(names: readonly string[]): string | undefined {
  const lacking = names.filter((name) => findPackageFile(name) === undefined);
  return lacking.length === 0 ? undefined : `missing: npm install ${lacking.join(' ')}`;
}

/** @throws AppError `provider_missing` */
export function requireNothingMissing(missing: string | undefined): void {
  if (missing !== undefined) throw gatewayErrors.provider_missing(`This machine cannot do it; ${missing}.`);
}
