/** A question in place that the same key or button answers by a second stroke. */
import { useEffect, useState } from 'react'
import { createSecondPress } from '../state/second-press.ts'

export interface SecondStroke {
  /** What is asked about now. */
  readonly asked: string | undefined
  /** The last question went by without an answer. */
  readonly lapsed: boolean
  /** True at the second stroke on the same thing, while it is asked about. */
  readonly press: (what: string) => boolean
  readonly forget: () => void
}

export function useSecondPress(): SecondStroke {
  const [second] = useState(createSecondPress)
  const [shown, show] = useState<{ readonly asked?: string; readonly lapsed: boolean }>({ lapsed: false })
  useEffect(() => second.forget, [second])
  const forget = () => {
    second.forget()
    show({ lapsed: false })
  }
  return {
    asked: shown.asked,
    lapsed: shown.lapsed,
    forget,
    press(what) {
      const sure = second.press(what, {
        ask: () => show({ asked: what, lapsed: false }),
        gone: () => show({ lapsed: true })
      })
      if (sure) show({ lapsed: false })
      return sure
    }
  }
}
