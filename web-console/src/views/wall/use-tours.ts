/** Runs the tours of a window, one step a second. */
import { useEffect, useRef, useState } from 'react'
import { type Runner, type Runners, type TourRun, ticked } from './tours.ts'

const SECOND_MS = 1_000

/** The state of every tour in `runs`; a key that was never run stands at its first picture. */
export function useTours(runs: Readonly<Record<string, TourRun>>): (key: string) => Runner {
  const [runners, setRunners] = useState<Runners>({})
  const latest = useRef(runs)
  useEffect(() => {
    latest.current = runs
  })
  useEffect(() => {
    let before = performance.now()
    const timer = setInterval(() => {
      // A window in the background is woken rarely: what passed counts as one step, not as ten.
      const seconds = Math.min(2, Math.round((performance.now() - before) / SECOND_MS))
      before = performance.now()
      setRunners(known => ticked(known, latest.current, Math.max(1, seconds)))
    }, SECOND_MS)
    return () => clearInterval(timer)
  }, [])
  return key => runners[key] ?? { step: 0, leftS: runs[key]?.dwellS ?? 0 }
}
