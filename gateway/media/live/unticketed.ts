/** Sockets that have shown no ticket yet: few, and not for long, so that strangers take no place of a viewer. */

const MAX_WAITING = 256
/** A console that opens a wall of 36 tiles waits for a moment with each. */
const MAX_PER_ADDRESS = 64

export class Unticketed {
  readonly #perAddress = new Map<string, number>()
  #waiting = 0

  /** What is called once it has shown a ticket or has gone; undefined: too many wait. */
  enter(address: string): (() => void) | undefined {
    const ofAddress = this.#perAddress.get(address) ?? 0
    if (this.#waiting >= MAX_WAITING || ofAddress >= MAX_PER_ADDRESS) return undefined
    this.#waiting += 1
    this.#perAddress.set(address, ofAddress + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      this.#waiting -= 1
      const rest = (this.#perAddress.get(address) ?? 1) - 1
      if (rest > 0) this.#perAddress.set(address, rest)
      else this.#perAddress.delete(address)
    }
  }
}
