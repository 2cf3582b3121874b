/** How many connections each address has, those included that are closed and whose last messages wait. */
export class Places {
  readonly #taken = new Map<string, number>()

  of(address: string): number {
    return this.#taken.get(address) ?? 0
  }

  take(address: string): void {
    this.#taken.set(address, this.of(address) + 1)
  }

  leave(address: string): void {
    const left = this.of(address) - 1
    if (left > 0) this.#taken.set(address, left)
    else this.#taken.delete(address)
  }
}
