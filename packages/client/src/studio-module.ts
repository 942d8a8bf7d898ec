import type { AutomateClient } from './generated/index.ts';
import type { Session } from './generated/schemas.ts';

/** What the Studio gives a page that a feature draws itself. */
export interface StudioHost {
  /** Empty, inside the Studio's `main`; styles of the Studio apply. */
  readonly element: PageElement;
  /** The API, as whoever is signed in. */
  readonly api: AutomateClient;
  /** Any path of the server, below the path that it is mounted at, as whoever is signed in; writes carry what the server asks of browsers. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  readonly session: Session;
  /** Whether they may. @param scope as in `executions:write` */
  allows(scope: string): boolean;
  readonly language: 'en' | 'it';
  /** Rest of the address behind the page's own path, without slashes at its ends. */
  readonly path: string;
  readonly search: URLSearchParams;
  /** Goes to a page of the Studio. @param path below `/studio/`, such as `executions/?status=failed` */
  navigate(path: string): void;
  /** The address of a page of the Studio, for links. @param path as in {@link navigate} */
  href(path: string): string;
  /** Says something about what has just happened. */
  toast(message: string): void;
  /** What the tab of the browser says. */
  title(text: string): void;
  /** Fires when another page takes the place. */
  readonly signal: AbortSignal;
}

/**
 * Default export of the module of a page: draws it, and gives back what clears it up. Called again when path, search or language change.
 * @example
 * const page: StudioModule = async ({ element, api }) => {
 *   const { results } = await api.executions.list({ limit: 10 });
 *   element.append(...results.map(({ id }) => Object.assign(document.createElement('p'), { textContent: id })));
 * };
 * export default page;
 */
export type StudioModule = (host: StudioHost) => MaybePromise<undefined | (() => void)> | Promise<void>;

/** An element where the program has a document; this client does without. */
type PageElement = typeof globalThis extends { HTMLElement: { prototype: infer Element } } ? Element : unknown;

type MaybePromise<T> = T | Promise<T>;
