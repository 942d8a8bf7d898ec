import { foldCharacter } from './fold-character.ts';

/** A text as it is searched, and where each character of it stands in the one that was given. Takes it in pieces, cut anywhere. */
export class FoldedText {
  text = '';
  /** Where the source of each character begins and ends, counted from the beginning of all pieces. */
  #starts: number[] = [];
  #ends: number[] = [];
  #position = 0;
  #pending = '';
  #isAfterSpace = false;
  #isAfterBreak = false;
  #marks = '';
  #marksStart = 0;
  #marksEnd = 0;
  readonly #hasBreaks: boolean;

  /** @param options.hasBreaks whether tabs and ends of lines are told from spaces; else all of them are one space */
  constructor({ hasBreaks }: { readonly hasBreaks: boolean }) {
    this.#hasBreaks = hasBreaks;
  }

  push(given: string): void {
    const piece = this.#pending + given;
    const isCut = isHigh(piece.charCodeAt(piece.length - 1));
    this.#pending = isCut ? piece.slice(-1) : '';
    this.#fold(piece, isCut ? piece.length - 1 : piece.length);
  }

  end(): void {
    const rest = this.#pending;
    this.#pending = '';
    this.#fold(rest, rest.length);
    const units: number[] = [];
    this.#flush(units);
    this.text += String.fromCharCode(...units);
  }

  /** Where the source of a character begins; of the end of the text: where what was taken so far ends, as far as it is whole. */
  startOf(index: number): number {
    return this.#starts[index] ?? (this.#marks === '' ? this.#position : this.#marksStart);
  }

  endOf(index: number): number {
    return this.#ends[index] as number;
  }

  /** Forgets so many characters. */
  drop(count: number): void {
    if (count <= 0) return;
    this.text = this.text.slice(count);
    this.#starts.splice(0, count);
    this.#ends.splice(0, count);
  }

  #fold(piece: string, length: number): void {
    const units: number[] = [];
    for (let at = 0; at < length; at += 1) {
      const unit = piece.charCodeAt(at);
      if (unit < 128) this.#ascii(units, unit);
      else {
        const codePoint = piece.codePointAt(at) as number;
        if (codePoint > 0xffff) at += 1;
        this.#other(units, codePoint);
      }
      if (units.length > 8_000) this.#take(units);
    }
    this.#take(units);
  }

  #take(units: number[]): void {
    this.text += String.fromCharCode(...units);
    units.length = 0;
  }

  #ascii(units: number[], unit: number): void {
    if (this.#marks !== '') this.#flush(units);
    const start = this.#position;
    this.#position = start + 1;
    if (unit === 32 || (unit >= 9 && unit <= 13)) this.#space(units, start, unit !== 32);
    else this.#put(units, unit >= 65 && unit <= 90 ? unit + 32 : unit, start, start + 1);
  }

  #other(units: number[], codePoint: number): void {
    const { base, marks, isSpace } = foldCharacter(codePoint);
    const start = this.#position;
    const end = start + (codePoint > 0xffff ? 2 : 1);
    if (base !== '' && this.#marks !== '') this.#flush(units);
    this.#position = end;
    if (isSpace) this.#space(units, start, false);
    else for (let index = 0; index < base.length; index += 1) this.#put(units, base.charCodeAt(index), start, end);
    if (marks === '') return;
    if (this.#marks === '') this.#marksStart = start;
    this.#marks += marks;
    this.#marksEnd = end;
    if (this.#marks.length >= MAXIMUM_MARKS) this.#flush(units);
  }

  #put(units: number[], unit: number, start: number, end: number): void {
    units.push(unit);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#isAfterSpace = false;
    this.#isAfterBreak = false;
  }

  /** Spaces in a row are one, and those after the end of a line belong to it. */
  #space(units: number[], start: number, isBreak: boolean): void {
    const isKept = isBreak && this.#hasBreaks;
    if (this.#isAfterBreak || (this.#isAfterSpace && !isKept)) return;
    this.#put(units, isKept ? 10 : 32, start, start + 1);
    this.#isAfterSpace = !isKept;
    this.#isAfterBreak = isKept;
  }

  /** Marks have one order, whichever they were written in. */
  #flush(units: number[]): void {
    const marks = this.#marks.length > 1 ? this.#marks.normalize('NFD') : this.#marks;
    this.#marks = '';
    for (let index = 0; index < marks.length; index += 1)
      this.#put(units, marks.charCodeAt(index), this.#marksStart, this.#marksEnd);
  }
}

const MAXIMUM_MARKS = 64;

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** A text as it is searched, whole. */
export function fold(text: string): string {
  const folded = new FoldedText({ hasBreaks: false });
  folded.push(text);
  folded.end();
  return folded.text;
}
