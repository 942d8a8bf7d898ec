/** What programs that a test starts have of its own environment; they are compiled once for all of them. */
export const inherited: Readonly<Record<string, string | undefined>> = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
};
