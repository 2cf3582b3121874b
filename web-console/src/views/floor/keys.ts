/** Keys of the floor by physical key (`event.code`), so that they work under a Chinese input method; in text fields only F2 and Esc act. */
import { useLayoutEffect, useRef } from 'react'
import { bindings } from '../../ui/key-rows.ts'
import { ALL_KEYS } from './key-table.ts'

/** What a key asks for. Digits are 1–9. */
export type Command =
  | {
      readonly name:
        | 'acknowledgeFirst'
        | 'dispatch'
        | 'recall'
        | 'verify'
        | 'priority'
        | 'note'
        | 'otherUnit'
        | 'message'
        | 'handOver'
        | 'category'
        | 'step'
        | 'skipStep'
        | 'similar'
        | 'shift'
        | 'followUp'
        | 'resolve'
        | 'returnFeedback'
        | 'exportEvidence'
        | 'holdEvidence'
        | 'printOrder'
    }
  | {
      readonly name:
        | 'take'
        | 'release'
        | 'close'
        | 'neighbours'
        | 'party'
        | 'contact'
        | 'reopen'
        | 'markDuress'
        | 'up'
        | 'down'
        | 'open'
        | 'soundTest'
        | 'listen'
        | 'replay'
        | 'hear'
        | 'callBack'
        | 'hangUp'
        | 'map'
        | 'wall'
        | 'toWall'
        | 'nearNow'
        | 'clipBack'
        | 'clipForward'
        | 'openWindows'
        | 'windows'
        | 'follow'
        | 'frameAll'
        | 'search'
        | 'keys'
        | 'escape'
    }
  | { readonly name: 'digit'; readonly digit: number }
  /** One of the live pictures, from 1. */
  | { readonly name: 'large'; readonly place: number }
  | { readonly name: 'tab'; readonly tab: 'handle' | 'story' | 'map' }

export interface KeyPress {
  readonly code: string
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

const PLAIN = bindings(ALL_KEYS, 'plain')
const SHIFTED = bindings(ALL_KEYS, 'shifted')

/** The command of a key press; undefined when the key means nothing here. `typing`: the focus is in a text field. */
export function commandOf(press: KeyPress, typing: boolean): Command | undefined {
  if (press.code === 'Escape') return { name: 'escape' }
  if (press.code === 'F2') return { name: 'acknowledgeFirst' }
  if (typing || press.ctrlKey || press.altKey || press.metaKey) return undefined
  if (press.shiftKey) {
    return SHIFTED[press.code]
  }
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(press.code)
  return digit ? { name: 'digit', digit: Number(digit[1]) } : PLAIN[press.code]
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}

/** Enter on a focused control belongs to the control. Space does not: it acknowledges from everywhere but a text field, also after a click on a row. */
function belongsToFocus(event: KeyboardEvent): boolean {
  return (
    event.key === 'Enter' && event.target instanceof HTMLElement && event.target.closest('button, a, summary') !== null
  )
}

/** Listens for the whole window; `handle` answers whether it used the command. */
export function useKeys(handle: (command: Command) => boolean): void {
  const latest = useRef(handle)
  // What is seen is what a key acts on: an effect after the picture would act on the one before, or not at all.
  useLayoutEffect(() => {
    latest.current = handle
  })
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const held = event.repeat && event.code !== 'ArrowUp' && event.code !== 'ArrowDown'
      if (event.defaultPrevented || held || belongsToFocus(event)) return
      const command = commandOf(event, isTyping(event.target))
      if (command && latest.current(command)) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
