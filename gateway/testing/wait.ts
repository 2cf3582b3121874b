/** Waiting on a condition, never on a sleep. */

/** What comes soon is seen at once; to ask every 10 ms for what takes long kept half a core from what was waited for. */
const pauseMs = (waitedMs: number): number => Math.min(50, Math.max(10, waitedMs / 20))

/** Polls until `probe` gives a value that is not undefined, false or null; throws with `what` after `timeoutMs`, which is long for a slow machine. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = 60_000
): Promise<Exclude<T, undefined | false | null>> {
  const beganMs = performance.now()
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false && value !== null) return value as Exclude<T, undefined | false | null>
    const waitedMs = performance.now() - beganMs
    if (waitedMs > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`)
    await new Promise(resolve => setTimeout(resolve, pauseMs(waitedMs)))
  }
}
