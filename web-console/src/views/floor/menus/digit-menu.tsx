/** A list of choices, each with its digit; the digit chooses at once, also without the focus. */
import { useLayoutEffect, useRef } from 'react'
import { Key } from '../../../ui/parts.tsx'
import { commandOf, isTyping } from '../keys.ts'

export interface Choice {
  readonly label: string
  /** Its key; else its place in the list. */
  readonly digit?: number
  readonly current?: boolean
  /** Enter chooses it, too: the one that fits what is known. */
  readonly fits?: boolean
  /** It keeps its place and its digit, which says nothing now. */
  readonly whyNot?: string
  readonly choose: () => void
}

/** On a choice that has the focus it belongs to that one. */
const isEnter = ({ key, shiftKey, ctrlKey, altKey, metaKey, target }: KeyboardEvent): boolean =>
  key === 'Enter' &&
  !(shiftKey || ctrlKey || altKey || metaKey) &&
  !(target instanceof Element && target.closest('.menu'))

/** Choices 1 … 9 in the given order. */
export function DigitMenu({ choices }: { readonly choices: readonly Choice[] }) {
  const latest = useRef(choices)
  useLayoutEffect(() => {
    latest.current = choices
  })
  useLayoutEffect(() => {
    // In the capturing phase: an open menu takes the digits before the floor chooses units with them.
    const onKeyDown = (event: KeyboardEvent) => {
      const typing = isTyping(event.target)
      const fitting = latest.current.find(each => each.fits && each.whyNot === undefined)
      if (fitting && !typing && !event.repeat && isEnter(event)) {
        event.preventDefault()
        event.stopPropagation()
        return fitting.choose()
      }
      const command = commandOf(event, typing)
      if (command?.name !== 'digit' || event.repeat) return
      const choice = latest.current.find((each, n) => (each.digit ?? n + 1) === command.digit)
      // One that is no choice is no unit of the floor either.
      event.preventDefault()
      event.stopPropagation()
      if (choice && choice.whyNot === undefined) choice.choose()
    }
    window.addEventListener('keydown', onKeyDown, true)
    return () => window.removeEventListener('keydown', onKeyDown, true)
  }, [])
  return (
    <ol className="choices">
      {choices.map((choice, index) => (
        <li key={choice.label}>
          <button
            type="button"
            className={`choice${choice.current ? ' current' : ''}`}
            aria-disabled={choice.whyNot !== undefined || undefined}
            onClick={choice.whyNot === undefined ? choice.choose : undefined}
          >
            <Key>{choice.digit ?? index + 1}</Key>
            <span className="el">{choice.label}</span>
            {choice.fits && <Key>↵</Key>}
          </button>
          {choice.whyNot !== undefined && <span className="m choice-not">{choice.whyNot}</span>}
        </li>
      ))}
    </ol>
  )
}
