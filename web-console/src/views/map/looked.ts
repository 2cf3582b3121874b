/** The place that was looked for last, kept while one window goes from the floor to the map and back. */
import { useSyncExternalStore } from 'react'
import type { Hit } from './search.ts'

let looked: Hit | undefined
const listeners = new Set<() => void>()

export function look(hit: Hit | undefined): void {
  looked = hit
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLookedFor = (): Hit | undefined => useSyncExternalStore(subscribe, () => looked)
