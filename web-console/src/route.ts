/** The page's address as state: eight views, no library. */
import { useSyncExternalStore } from 'react'
import { mayLeave } from './state/unsaved.ts'

const listeners = new Set<() => void>()

/** Goes to another view in place, unless something half-typed would be lost; back and forward of the browser work. */
export function navigate(path: string, replace = false): void {
  if (location.pathname + location.search === path || !mayLeave(path)) return
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}

/** The path, without a slash at its end. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname.replace(/(.)\/+$/, '$1'))
}
