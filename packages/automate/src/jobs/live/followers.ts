/** Who follows what in this process. */
export interface Followers {
  /** Calls back after each change, at times without one. Returns how to stop. */
  follow(id: string, callback: () => void): () => void;
  /** What is followed, by however many. */
  ids(): string[];
  /** It has changed. */
  changed(id: string): void;
  /** It is in this version now, and has changed when it was in another when it was asked for last. */
  observe(id: string, version: string): void;
}

interface Followed {
  readonly callbacks: Set<() => void>;
  version: string | undefined;
}

export function createFollowers(): Followers {
  const followed = new Map<string, Followed>();

  function changed(id: string): void {
    for (const callback of followed.get(id)?.callbacks ?? []) callback();
  }

  return {
    follow(id, callback) {
      const entry = followed.get(id) ?? { callbacks: new Set(), version: undefined };
      entry.callbacks.add(callback);
      followed.set(id, entry);
      return () => {
        entry.callbacks.delete(callback);
        if (entry.callbacks.size === 0 && followed.get(id) === entry) followed.delete(id);
      };
    },
    ids: () => [...followed.keys()],
    changed,
    observe(id, version) {
      const entry = followed.get(id);
      if (!entry || entry.version === version) return;
      entry.version = version;
      changed(id);
    },
  };
}
