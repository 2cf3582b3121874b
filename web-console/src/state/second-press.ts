/** A key whose slip would do harm asks for a second press, soon after the first. */

export const SECOND_PRESS_MS = 2_000

export interface SecondPress {
  /** True where this is the second press on the same thing in time; else it is the first, and asks for another. */
  readonly press: (what: string, nowMs: number) => boolean
}

export function createSecondPress(withinMs = SECOND_PRESS_MS): SecondPress {
  let first: { readonly what: string; readonly atMs: number } | undefined
  return {
    press(what, nowMs) {
      const sure = first?.what === what && nowMs - first.atMs <= withinMs
      first = sure ? undefined : { what, atMs: nowMs }
      return sure
    }
  }
}
