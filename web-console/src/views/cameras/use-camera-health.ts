/** Figures of all cameras every five seconds, their days every five minutes; the last good answer stays while the gateway is silent. */
import { useEffect, useState } from 'react'
import type { CameraDays, CameraHealthRow } from '../../../../gateway/core/camera-health-wire.ts'
import { serverNowMs } from '../../state/clock.ts'
import { get, Refusal, type RefusalCode } from '../../wire/api.ts'

const ROWS_MS = 5_000
const DAYS_MS = 300_000

export interface Reading<T> {
  readonly data?: T
  readonly atMs: number
  readonly failed?: RefusalCode
}

/** Asks again `everyMs` after each answer; a new path begins anew. */
export function usePolled<T>(path: string, everyMs: number): Reading<T> {
  const [reading, setReading] = useState<Reading<T>>({ atMs: 0 })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    setReading({ atMs: 0 })
    const ask = async () => {
      try {
        const data = await get<T>(path)
        if (!gone) setReading({ data, atMs: serverNowMs() })
      } catch (error) {
        const failed = error instanceof Refusal ? error.code : 'UNKNOWN'
        if (!gone) setReading(before => ({ ...before, failed }))
      }
      if (!gone) timer = setTimeout(() => void ask(), everyMs)
    }
    void ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [path, everyMs])
  return reading
}

export function useCameraHealth(): {
  readonly rows: Reading<readonly CameraHealthRow[]>
  readonly days: Reading<CameraDays>
} {
  return {
    rows: usePolled<readonly CameraHealthRow[]>('/api/camera-health', ROWS_MS),
    days: usePolled<CameraDays>('/api/camera-health/days', DAYS_MS)
  }
}
