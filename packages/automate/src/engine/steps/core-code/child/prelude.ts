/** Runs in the interpreter before the user's code, and keeps what it needs of the built-in functions before that can change them. */
export const PRELUDE = `((emit, longest) => {
  const { stringify } = JSON;
  const text = String;
  const slice = Function.prototype.call.bind(String.prototype.slice);
  const show = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return text(value);
    try {
      return stringify(value) ?? text(value);
    } catch {
      return text(value);
    }
  };
  const write = (level) => (...parts) => {
    let line = '';
    for (let index = 0; index < parts.length; index++) line += (index > 0 ? ' ' : '') + show(parts[index]);
    emit(level, slice(line, 0, longest));
  };
  const info = write('info');
  globalThis.console = { log: info, info, debug: write('debug'), warn: write('warn'), error: write('error') };
})`;
