/** Listens to an open call from a component; only one voice or camera sounds at a time. */
import { useEffect, useRef, useState } from 'react'
import { takeSound } from '../player/heard.ts'
import { hearCall, type LineMode, type LineState } from './call-line.ts'

export interface CallLine {
  readonly mode: LineMode | undefined
  readonly state: LineState | undefined
  /** Begins, or ends what was begun in the same mode. */
  readonly toggle: (mode: LineMode) => void
}

export function useCallLine(recording: string | undefined): CallLine {
  const [heard, setHeard] = useState<{ readonly mode: LineMode; readonly state: LineState }>()
  const stop = useRef<() => void>(undefined)

  const end = () => {
    stop.current?.()
    stop.current = undefined
  }
  const toggle = (mode: LineMode) => {
    const again = stop.current !== undefined && heard?.mode === mode
    end()
    setHeard(undefined)
    if (again || recording === undefined) return
    const giveUp = takeSound(() => {
      end()
      setHeard(undefined)
    })
    const hangUp = hearCall(recording, mode, state => {
      if (state.kind === 'over' || state.kind === 'failed') end()
      setHeard(state.kind === 'over' ? undefined : { mode, state })
    })
    stop.current = () => {
      hangUp()
      giveUp()
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another call: nothing of the old one goes on
  useEffect(() => end, [recording])
  return { mode: heard?.mode, state: heard?.state, toggle }
}
