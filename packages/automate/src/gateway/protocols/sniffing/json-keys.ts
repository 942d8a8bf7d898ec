/**
 * Whether a line of JSON may have a member of this name that is not null. Only a quick look: in JSON the quotes of a text are escaped, so a text
 * cannot look like a member, but members of members are found as well. Whoever needs to know parses.
 */
export function mayHave(line: string, key: string): boolean {
  for (let at = line.indexOf(key); at !== -1; at = line.indexOf(key, at + key.length)) {
    let next = at + key.length;
    while (line.charCodeAt(next) === SPACE) next += 1;
    if (line.charCodeAt(next) !== COLON) continue;
    next += 1;
    while (line.charCodeAt(next) === SPACE) next += 1;
    if (!line.startsWith('null', next)) return true;
  }
  return false;
}

const [SPACE, COLON] = [0x20, 0x3a];
