/**
 * Options of Node for processes that tests start, which live for seconds: V8 would spend more on optimizing PostgreSQL in WebAssembly
 * than they get back; one of its functions alone takes three seconds of a processor. A hundred times the usual number of calls makes a
 * function worth it.
 */
export const shortLived: readonly string[] = ['--wasm-tiering-budget=1300000000'];
