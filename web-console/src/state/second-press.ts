/** A key whose slip would do harm asks, and does it only at a second stroke once the question could be read, and not for long. */

/** Sooner after the question is on the screen it is a bounce of the key, or struck before one could read. */
export const READ_MS = 600
/** So long from then on the second stroke counts. */
export const SECOND_PRESS_MS = 6_000

export interface Question {
  /** Shows it. */
  readonly ask: () => void
  /** Its time is over without a second stroke: takes it away. */
  readonly gone: () => void
}

export interface SecondPress {
  /** True where this stroke answers the question about the same thing in time; too early a one does nothing, any other asks. */
  readonly press: (what: string, question: Question) => boolean
  /** Nothing is asked any more. */
  readonly forget: () => void
}

interface Asked {
  readonly what: string
  shownMs?: number
  timer?: ReturnType<typeof setTimeout>
}

export function createSecondPress(): SecondPress {
  let asked: Asked | undefined
  const forget = () => {
    clearTimeout(asked?.timer)
    asked = undefined
  }
  return {
    forget,
    press(what, { ask, gone }) {
      const sinceMs = asked?.what === what ? sinceShown(asked) : Number.POSITIVE_INFINITY
      if (sinceMs < READ_MS) return false
      forget()
      if (sinceMs <= SECOND_PRESS_MS) return true
      const mine: Asked = { what }
      asked = mine
      ask()
      afterPaint(() => {
        if (asked !== mine) return
        mine.shownMs = performance.now()
        mine.timer = setTimeout(() => {
          asked = undefined
          gone()
        }, SECOND_PRESS_MS)
      })
      return false
    }
  }
}

/** A stroke that opened something opens it only: this tells whether one of now was meant for what it shows. */
export function createOpening(): { readonly read: () => boolean } {
  const opened: { shownMs?: number } = {}
  afterPaint(() => {
    opened.shownMs = performance.now()
  })
  return { read: () => sinceShown(opened) >= READ_MS }
}

/** Since when the stroke's question was on the screen when it was struck, ms; negative: struck before. */
const sinceShown = ({ shownMs = Number.POSITIVE_INFINITY }: { readonly shownMs?: number }): number =>
  struckAtMs() - shownMs

/** On a starved page a stroke is handled long after it was struck: what counts is when the hand moved. */
function struckAtMs(): number {
  const { event } = globalThis as { readonly event?: Event | undefined }
  return event?.timeStamp ?? performance.now()
}

/** Runs once what was just set can be seen; where there is no screen at once. */
function afterPaint(run: () => void): void {
  if (typeof requestAnimationFrame === 'undefined') run()
  else requestAnimationFrame(() => setTimeout(run))
}
