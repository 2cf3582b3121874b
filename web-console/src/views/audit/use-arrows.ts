/** The keys of a list that was searched for: / goes to the words, ↓ from them into the list, ↑ ↓ through it; Enter opens what has the focus. */
import { useEffect } from 'react'

const STOPS = '.audit-filter input[type=search], .audit-number'
const BY: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

export function useArrows(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return
      const next = nextStop(event)
      if (!next) return
      event.preventDefault()
      next.focus()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

function nextStop({ key, target }: KeyboardEvent): HTMLElement | undefined {
  const stops = [...document.querySelectorAll<HTMLElement>(STOPS)]
  const types = target instanceof HTMLElement && target.matches('input, textarea, select')
  if (key === '/') return types ? undefined : stops[0]
  const by = BY[key]
  const at = target instanceof HTMLElement ? stops.indexOf(target) : -1
  return by === undefined || at < 0 ? undefined : stops[at + by]
}
