/** A question asked once in place: the second press answers it, not struck in one go with the first and only while it stands there. */

/** The second press counts from here on after the question, ms. */
export const NOT_BEFORE_MS = 600
/** So long the question stands, ms. */
export const STANDS_MS = 6_000

export interface AskOnce {
  /** True for the press that answers; the first one asks. */
  press(nowMs: number): boolean
  /** The question is gone. */
  stop(): void
}

/** `show`: whether the question stands there. */
export function createAskOnce(show: (asks: boolean) => void): AskOnce {
  let askedAtMs: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(timer)
    if (askedAtMs === undefined) return
    askedAtMs = undefined
    show(false)
  }
  return {
    stop,
    press(nowMs) {
      if (askedAtMs === undefined) {
        askedAtMs = nowMs
        timer = setTimeout(stop, STANDS_MS)
        show(true)
        return false
      }
      if (nowMs - askedAtMs < NOT_BEFORE_MS) return false
      stop()
      return true
    }
  }
}
