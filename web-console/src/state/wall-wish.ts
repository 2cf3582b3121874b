/** 上墙: the floor asks the walls of its seat to show an incident; a wall that is opened a moment later shows it too. */
import { useEffect, useRef } from 'react'
import { liveOf } from './phone-videos.ts'
import { store } from './store.ts'

const KEY = 'pingan.wall.wish'
const FRESH_MS = 30_000

export interface WallWish {
  readonly incidentId: string
  /** Which of its pictures; absent: the nearest camera. */
  readonly cameraId?: string
}

/** Tells every wall of this browser. */
function wishOnWall(incidentId: string, cameraId?: string): void {
  localStorage.setItem(KEY, JSON.stringify({ incidentId, cameraId, atMs: Date.now() }))
}

/** With the picture of a patrol on scene where there is one: the nearest camera shows the street. */
export function incidentToWall(id: string): void {
  wishOnWall(id, liveOf(store.get().phoneVideos, id).at(-1)?.cameraId)
}

function wished(text: string | null): WallWish | undefined {
  try {
    const { incidentId, cameraId, atMs } = JSON.parse(text ?? '{}') as Readonly<Record<string, unknown>>
    const fresh = typeof atMs === 'number' && Math.abs(Date.now() - atMs) < FRESH_MS
    if (!fresh || typeof incidentId !== 'string') return undefined
    return { incidentId, ...(typeof cameraId === 'string' ? { cameraId } : {}) }
  } catch {
    return undefined
  }
}

/** Calls back for every wish, and for one made just before. */
export function useWallWish(onWish: (wish: WallWish) => void): void {
  const latest = useRef(onWish)
  useEffect(() => {
    latest.current = onWish
  })
  useEffect(() => {
    const before = wished(localStorage.getItem(KEY))
    if (before !== undefined) latest.current(before)
    const heard = (event: StorageEvent) => {
      const wish = event.key === KEY ? wished(event.newValue) : undefined
      if (wish !== undefined) latest.current(wish)
    }
    window.addEventListener('storage', heard)
    return () => window.removeEventListener('storage', heard)
  }, [])
}
