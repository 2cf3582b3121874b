/** Waiting on a condition, never on a sleep. */

/** Polls until `probe` gives a value that is not undefined, false or null; throws with `what` after `timeoutMs`, which is long for a slow machine. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = 60_000
): Promise<Exclude<T, undefined | false | null>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false && value !== null) return value as Exclude<T, undefined | false | null>
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
