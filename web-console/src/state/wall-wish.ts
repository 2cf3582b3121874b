/** 上墙: the floor asks the walls of its seat to show an incident; a wall that is opened a moment later shows it too. */
import { useEffect, useRef } from 'react'

const KEY = 'pingan.wall.wish'
const FRESH_MS = 30_000

/** Tells every wall of this browser. */
export function wishOnWall(incidentId: string): void {
  localStorage.setItem(KEY, JSON.stringify({ incidentId, atMs: Date.now() }))
}

function wished(text: string | null): string | undefined {
  try {
    const { incidentId, atMs } = JSON.parse(text ?? '{}') as { incidentId?: unknown; atMs?: unknown }
    const fresh = typeof atMs === 'number' && Math.abs(Date.now() - atMs) < FRESH_MS
    return fresh && typeof incidentId === 'string' ? incidentId : undefined
  } catch {
    return undefined
  }
}

/** Calls back for every wish, and for one made just before. */
export function useWallWish(onWish: (incidentId: string) => void): void {
  const latest = useRef(onWish)
  useEffect(() => {
    latest.current = onWish
  })
  useEffect(() => {
    const before = wished(localStorage.getItem(KEY))
    if (before !== undefined) latest.current(before)
    const heard = (event: StorageEvent) => {
      const incidentId = event.key === KEY ? wished(event.newValue) : undefined
      if (incidentId !== undefined) latest.current(incidentId)
    }
    window.addEventListener('storage', heard)
    return () => window.removeEventListener('storage', heard)
  }, [])
}
