/** Path that everything is mounted at, with a slash at its end: the page stands one below it. */
export const mount = new URL('..', document.baseURI).pathname;

/** Leads to a page that the server makes itself, such as sign-in. */
export function serverPath(path: string): string {
  return mount + path;
}
