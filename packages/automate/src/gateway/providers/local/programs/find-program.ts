import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { programFolders } from '../../../../kernel/index.ts';

const require = createRequire(import.meta.url);

/** Where a program is installed; undefined when it is not. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of programFolders()) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** Where a file of a package of npm is; undefined when the package is not installed. @param file such as `tesseract.js/package.json` */
export function findPackageFile(file: string): string | undefined {
  try {
    return require.resolve(file);
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
