/** Which part of each row of a picture has changed: everything else is kept from the still. */

/** Columns `from` … `to` of every row; `from > to`: nothing. */
export class Spans {
  readonly from: Int32Array
  readonly to: Int32Array
  readonly #width: number

  constructor(width: number, height: number) {
    this.#width = width
    this.from = new Int32Array(height).fill(width)
    this.to = new Int32Array(height).fill(-1)
  }

  add(x0: number, y0: number, x1: number, y1: number): void {
    const [left, right] = [Math.max(0, x0), Math.min(this.#width - 1, x1)]
    if (left > right) return
    for (let y = Math.max(0, y0); y <= Math.min(this.from.length - 1, y1); y++) {
      this.from[y] = Math.min(this.from[y] ?? left, left)
      this.to[y] = Math.max(this.to[y] ?? right, right)
    }
  }

  clear(): void {
    this.from.fill(this.#width)
    this.to.fill(-1)
  }

  each(visit: (row: number, from: number, to: number) => void): void {
    for (let row = 0; row < this.from.length; row++) {
      const [from, to] = [this.from[row] ?? 0, this.to[row] ?? -1]
      if (from <= to) visit(row, from, to)
    }
  }
}
