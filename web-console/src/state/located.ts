/** The place of a person that was looked up last, with its fence, for the map beside; gone with the incident that asked. */
import { useSyncExternalStore } from 'react'
import type { LocatorLook } from '../../../gateway/core/locator-wire.ts'

export interface Located {
  readonly incidentId: string
  readonly look: LocatorLook
}

let located: Located | undefined
const listeners = new Set<() => void>()

export function setLocated(next: Located | undefined): void {
  located = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLocated = (): Located | undefined => useSyncExternalStore(subscribe, () => located)
