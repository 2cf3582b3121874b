/** Ties the incidents to the loudspeaker and watches that the browser lets it sound. */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import { useSession } from '../session.tsx'
import { useConsole } from '../state/store.ts'
import { useHeard } from './heard.ts'
import { isInCall, watchCalls } from './in-call.ts'
import { soundsElsewhere, soundsHere, soundsNoMore } from './one-window.ts'
import { ringOf } from './ring.ts'
import { createSpeaker } from './tones.ts'
import { outputs, watchOutputs } from './use-outputs.ts'

const speaker = createSpeaker({
  ...{ mayPlay: () => soundsHere(), inCall: () => isInCall() },
  makeContext() {
    const context = new AudioContext()
    outputs.attach('alarm', context)
    return context
  }
})
const TESTED_KEY = 'pingan.soundTestedAtMs'
const WATCH_EVERY_MS = 2_000

export interface Sound {
  readonly blocked: boolean
  /** When the sound was tested in this session of the browser, UTC ms of this machine. */
  readonly testedAtMs: number | undefined
  readonly test: () => Promise<boolean>
}

/** `openedId`: the incident on screen; opening it answers its rings. `on` is false for who has no alarms to hear. */
export function useSound(openedId: string | undefined, user: SessionUser | undefined, on = true): Sound {
  const incidents = useConsole(state => state.incidents)
  const heard = useHeard(incidents, openedId, user)
  const [blocked, setBlocked] = useState(false)
  const [testedAtMs, setTestedAtMs] = useState(() => Number(sessionStorage.getItem(TESTED_KEY)) || undefined)

  const ring = useMemo(() => (on ? ringOf(incidents.values(), heard, user) : undefined), [incidents, heard, user, on])
  useEffect(() => {
    speaker.ring(ring)
    return () => speaker.ring(undefined)
  }, [ring])
  useTick(incidents, on)

  useEffect(() => {
    const look = () => {
      const silent = speaker.blocked()
      // A second window that nobody has clicked in yet is no fault while the first one sounds.
      setBlocked(silent && !soundsElsewhere())
      // Also while nothing rings: whose turn it is is known before the first alarm.
      if (!silent) soundsHere()
    }
    const leave = () => soundsNoMore()
    const unlock = () => void speaker.unlock().then(look)
    look()
    const timer = setInterval(look, WATCH_EVERY_MS)
    const unwatch = watchCalls(speaker.attend)
    const unwatchOutputs = watchOutputs()
    window.addEventListener('pointerdown', unlock)
    window.addEventListener('keydown', unlock)
    window.addEventListener('pagehide', leave)
    return () => {
      clearInterval(timer)
      unwatch()
      unwatchOutputs()
      window.removeEventListener('pointerdown', unlock)
      window.removeEventListener('keydown', unlock)
      window.removeEventListener('pagehide', leave)
      leave()
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

/** On every page of an operator that is not the floor: it may be the only one that is open. */
export function useAlarmSound(): Sound {
  const { user } = useSession()
  return useSound(undefined, user ?? undefined, user?.role === 'operator' || user?.role === 'leader')
}

/** One soft tick for a new P3. */
function useTick(incidents: ReadonlyMap<string, Incident>, on: boolean): void {
  const known = useRef<ReadonlySet<string> | undefined>(undefined)
  useEffect(() => {
    const now = new Set([...incidents.values()].filter(each => each.priority === 3 && !each.owner).map(each => each.id))
    if (on && known.current && [...now].some(each => !known.current?.has(each))) speaker.tick()
    known.current = now
  }, [incidents, on])
}
