import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { secretErrors } from '../errors.ts';
import { MAXIMUM_VALUE_BYTES, type SecretBackend } from './backend.ts';

/**
 * `file://name` is a file of the folder that the operator chose, as container platforms mount secrets. One line break at its end is left out.
 * @param ownDirectory our own data, which is no secret of a tenant, wherever it lies
 */
export function fileBackend(directory: string | undefined, ownDirectory?: string): SecretBackend {
  return {
    check(path) {
      if (!isInside(path)) return 'must be a path inside AUTOMATE_SECRETS_DIR, as in file://stripe/key';
      return directory === undefined ? 'is not available here: the operator has not set AUTOMATE_SECRETS_DIR' : undefined;
    },
    async read(path) {
      if (directory === undefined) throw secretErrors.secret_unavailable('AUTOMATE_SECRETS_DIR is not set.');
      const missing = () => secretErrors.secret_not_found(`There is no file ${path} in AUTOMATE_SECRETS_DIR.`);
      if (!isInside(path)) throw missing();
      const root = await realpath(directory).catch((cause: unknown) => {
        throw secretErrors.secret_unavailable('AUTOMATE_SECRETS_DIR cannot be read.', { cause });
      });
      // A link may lead elsewhere in the folder, as those of Kubernetes do, but not out of it.
      const target = await realpath(join(root, path)).catch(() => undefined);
      if (!target?.startsWith(root + sep)) throw missing();
      const own = ownDirectory && (await realpath(ownDirectory).catch(() => undefined));
      if (own && target.startsWith(own + sep)) throw missing();
      return readSmall(target, path);
    },
  };
}

function isInside(path: string): boolean {
  return path.length <= 500 && path.split('/').every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part));
}

async function readSmall(target: string, path: string): Promise<string> {
  const file = await open(target, 'r');
  try {
    const { size } = await file.stat();
    if (size > MAXIMUM_VALUE_BYTES)
      throw secretErrors.secret_unavailable(`The file ${path} is larger than ${MAXIMUM_VALUE_BYTES} bytes.`);
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}
