/** What was typed and not kept: whoever would leave it, by whatever way, is asked first. */

/** True: nothing of it is lost, or whoever leaves has said twice that he wants to. */
export type Keeper = (way: string) => boolean

const keepers = new Set<Keeper>()

/** Registers one until the returned function is called. */
export function keep(keeper: Keeper): () => void {
  keepers.add(keeper)
  return () => void keepers.delete(keeper)
}

/** `way`: where to; the same way twice is meant. Each keeper shows its own question. */
export function mayLeave(way: string): boolean {
  return [...keepers].every(each => each(way))
}
