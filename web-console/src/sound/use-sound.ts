/** Ties the incidents to the loudspeaker and watches that the browser lets it sound. */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Incident } from '../../../gateway/core/incident.ts'
import { useConsole } from '../state/store.ts'
import { type HeardRings, ringOf } from './ring.ts'
import { createSpeaker } from './tones.ts'

const speaker = createSpeaker()
const TESTED_KEY = 'pingan.soundTestedAtMs'
const WATCH_EVERY_MS = 2_000

export interface Sound {
  readonly blocked: boolean
  /** When the sound was tested in this session of the browser, UTC ms of this machine. */
  readonly testedAtMs: number | undefined
  readonly test: () => Promise<boolean>
}

/** `openedId`: the incident on screen; opening it answers its rings. */
export function useSound(openedId: string | undefined, userId: string | undefined): Sound {
  const incidents = useConsole(state => state.incidents)
  const heard = useHeard(incidents, openedId)
  const [blocked, setBlocked] = useState(false)
  const [testedAtMs, setTestedAtMs] = useState(() => Number(sessionStorage.getItem(TESTED_KEY)) || undefined)

  const ring = useMemo(() => ringOf(incidents.values(), heard, userId), [incidents, heard, userId])
  useEffect(() => {
    speaker.ring(ring)
    return () => speaker.ring(undefined)
  }, [ring])
  useTick(incidents)

  useEffect(() => {
    const look = () => setBlocked(speaker.blocked())
    const unlock = () => void speaker.unlock().then(look)
    look()
    const timer = setInterval(look, WATCH_EVERY_MS)
    window.addEventListener('pointerdown', unlock)
    window.addEventListener('keydown', unlock)
    return () => {
      clearInterval(timer)
      window.removeEventListener('pointerdown', unlock)
      window.removeEventListener('keydown', unlock)
    }
  }, [])

  const test = async () => {
    const on = await speaker.test()
    setBlocked(!on)
    if (on) {
      sessionStorage.setItem(TESTED_KEY, String(Date.now()))
      setTestedAtMs(Date.now())
    }
    return on
  }
  return { blocked, testedAtMs, test }
}

/** Rings that were there when the incident was first seen with an owner, or when it was last opened, are answered. */
function useHeard(incidents: ReadonlyMap<string, Incident>, openedId: string | undefined): HeardRings {
  const [heard, setHeard] = useState<HeardRings>({})
  useEffect(() => {
    setHeard(before => {
      const fresh = [...incidents.values()].filter(
        incident =>
          (incident.owner && before[incident.id] === undefined) ||
          (incident.id === openedId && before[incident.id] !== incident.rings)
      )
      if (fresh.length === 0) return before
      return { ...before, ...Object.fromEntries(fresh.map(incident => [incident.id, incident.rings])) }
    })
  }, [incidents, openedId])
  return heard
}

/** One soft tick for a new P3. */
function useTick(incidents: ReadonlyMap<string, Incident>): void {
  const known = useRef<ReadonlySet<string> | undefined>(undefined)
  useEffect(() => {
    const now = new Set([...incidents.values()].filter(each => each.priority === 3 && !each.owner).map(each => each.id))
    if (known.current && [...now].some(each => !known.current?.has(each))) speaker.tick()
    known.current = now
  }, [incidents])
}
