import type { Keyring } from '../../governance/index.ts';
import type { Logger } from '../../kernel/index.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { artifactErrors } from './errors.ts';
import { localStore } from './local-store.ts';
import { s3Store } from './s3/s3-store.ts';
import { type ArtifactSettings, bucketOf, folderOf } from './settings.ts';

/** Where artifacts are, and where new ones go. */
export interface ArtifactStores {
  /** Takes new ones. */
  readonly current: ArtifactStore;
  readonly all: readonly ArtifactStore[];
  /** @throws AppError `artifact_store_failed` for one that is not set any more */
  named(kind: string): ArtifactStore;
  close(): Promise<void>;
}

export interface StoresOptions {
  readonly settings: ArtifactSettings;
  readonly dataDirectory: string;
  readonly keyring: Pick<Keyring, 'systemKey'>;
  readonly logger: Pick<Logger, 'warn' | 'debug'>;
}

/** The bucket, where one is set, else the folder; what is in the folder stays readable. */
export function createStores({ settings, dataDirectory, keyring, logger }: StoresOptions): ArtifactStores {
  // Bytes that belong to no row are removed: those of another installation in the same place must not be taken for such.
  const space = () => keyring.systemKey('gateway_artifacts_space').toString('hex', 0, 8);
  const bucket = bucketOf(settings);
  const local = localStore(folderOf(settings, dataDirectory), space);
  const all = bucket ? [s3Store({ bucket, space, logger }), local] : [local];
  return {
    current: all[0] as ArtifactStore,
    all,
    named(kind) {
      const found = all.find((store) => store.kind === kind);
      if (found) return found;
      throw artifactErrors.artifact_store_failed(`The artifact is in a store (${kind}) that is not set up any more.`);
    },
    async close() {
      for (const store of all) await store.close?.();
    },
  };
}
