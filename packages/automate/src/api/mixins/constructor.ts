/** A class that a mixin can extend. TypeScript wants exactly this shape of a mixin's base (TS2545). */
// biome-ignore lint/suspicious/noExplicitAny: `any[]` is what the language requires here.
export type Ctor<Instance = object> = abstract new (...args: any[]) => Instance;
