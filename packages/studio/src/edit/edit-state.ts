import type { FormIssue } from '../form/check.ts';
import { isSame } from '../form/pointer.ts';
import { changesOf, threeWay } from './merge.ts';

/** An object as the server has it, and the version by which a change is accepted. */
export interface Versioned<T> {
  readonly data: T;
  readonly etag: string | undefined;
}

/** Three versions of one object, when somebody else has changed it meanwhile. */
export interface Conflict<T> {
  readonly base: T;
  readonly mine: T;
  readonly theirs: T;
}

export interface EditSnapshot<T> {
  readonly base: Versioned<T> | undefined;
  readonly value: T | undefined;
  readonly changed: ReadonlySet<string>;
  readonly isSaving: boolean;
  readonly savedAt: number | undefined;
  readonly issues: readonly FormIssue[];
  readonly error: unknown;
  /** What somebody else has made of it, known before one saves. */
  readonly elsewhere: Versioned<T> | undefined;
  /** Whether the three versions are being compared. */
  readonly isComparing: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const NO_ISSUES: readonly FormIssue[] = [];

/** What is being edited: the version it began with, what I have made of it, and what others have. It knows no browser and no server. */
export class EditState<T extends object> {
  #now: EditSnapshot<T> = {
    base: undefined,
    value: undefined,
    changed: NONE,
    isSaving: false,
    savedAt: undefined,
    issues: NO_ISSUES,
    error: undefined,
    elsewhere: undefined,
    isComparing: false,
  };
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  readonly snapshot = (): EditSnapshot<T> => this.#now;

  /** What the server has now, however one came to know it. What I have not touched is taken over at once. */
  meet(version: Versioned<T>): void {
    const { base, value, changed } = this.#now;
    if (!base || !value || (changed.size === 0 && !this.#now.isSaving)) {
      if (base && base.etag === version.etag && isSame(base.data, version.data)) return;
      this.#set({ base: version, value: version.data, elsewhere: undefined, isComparing: false });
      return;
    }
    if (isSameVersion(version, base) || isSame(version.data, base.data)) {
      // Whoever has changed it has changed it back.
      if (this.#now.elsewhere || version.etag !== base.etag)
        this.#set({ base: version, elsewhere: undefined, isComparing: false });
    }
    // What I have is what they have: nothing is left to do.
    else if (isSame(version.data, value)) this.#set({ base: version, elsewhere: undefined, isComparing: false });
    else if (!this.#now.elsewhere || !isSameVersion(version, this.#now.elsewhere)) this.#set({ elsewhere: version });
  }

  change(value: T): void {
    if (!this.#now.base || value === this.#now.value) return;
    this.#set({ value, error: undefined });
  }

  discard(): void {
    const { base, elsewhere } = this.#now;
    const now = elsewhere ?? base;
    this.#set({ base: now, value: now?.data, elsewhere: undefined, isComparing: false, issues: NO_ISSUES, error: undefined });
  }

  begin(): void {
    this.#set({ isSaving: true, issues: NO_ISSUES, error: undefined });
  }

  /** @param sent the value that was saved; what was changed since stays changed */
  saved(version: Versioned<T>, sent: T, at: number): void {
    const { value } = this.#now;
    const next = value === undefined || isSame(value, sent) ? version.data : threeWay(sent, value, version.data).value;
    this.#set({ base: version, value: next, isSaving: false, savedAt: at, elsewhere: undefined, isComparing: false });
  }

  failed(error: unknown, issues: readonly FormIssue[] = NO_ISSUES): void {
    this.#set({ isSaving: false, error, issues });
  }

  /** Somebody was faster. */
  refused(theirs: Versioned<T>): void {
    this.#set({ isSaving: false, elsewhere: theirs, isComparing: true });
  }

  /** Takes up changes of an earlier version: what has become of it since is theirs. */
  restore(base: Versioned<T>, value: T): void {
    this.#set({ base, value, elsewhere: this.#now.base, isComparing: true });
  }

  compare(isComparing: boolean): void {
    this.#set({ isComparing });
  }

  /** Goes on from their version with what was chosen. */
  resolve(value: T): void {
    const { elsewhere, base } = this.#now;
    this.#set({ base: elsewhere ?? base, value, elsewhere: undefined, isComparing: false, error: undefined, issues: NO_ISSUES });
  }

  conflict(): Conflict<T> | undefined {
    const { base, value, elsewhere, isComparing } = this.#now;
    return base && value && elsewhere && isComparing ? { base: base.data, mine: value, theirs: elsewhere.data } : undefined;
  }

  #set(part: Partial<EditSnapshot<T>>): void {
    const next = { ...this.#now, ...part };
    const isMoved = next.base !== this.#now.base || next.value !== this.#now.value;
    const changed =
      next.base && next.value && isMoved ? new Set(Object.keys(changesOf(next.base.data, next.value))) : next.changed;
    this.#now = { ...next, changed: changed.size === 0 ? NONE : changed };
    for (const listener of this.#listeners) listener();
  }
}

/** Without an ETag, by what is in it. */
function isSameVersion<T>(left: Versioned<T>, right: Versioned<T>): boolean {
  return left.etag === undefined || right.etag === undefined ? isSame(left.data, right.data) : left.etag === right.etag;
}
