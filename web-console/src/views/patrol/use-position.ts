/** The phone's position while on duty: watched, shown with its age, sent every few seconds; nothing is kept or sent off duty (rule 10). */
import { useEffect, useState } from 'react'
import type { PatrolPosition } from '../../../../gateway/core/wire.ts'
import { serverNowMs } from '../../state/clock.ts'
import { post } from '../../wire/api.ts'

export type Fix =
  | { readonly kind: 'off' }
  | { readonly kind: 'searching' }
  | { readonly kind: 'fix'; readonly position: PatrolPosition }
  /** `insecure`: the page was opened without HTTPS, browsers then give no position. */
  | { readonly kind: 'failed'; readonly why: 'denied' | 'insecure' | 'unavailable' }

/** Often enough for the map, rare enough for the battery, ms. */
const SEND_EVERY_MS = 4_000
/** A phone that stands still gets no new fix from the watch; it is asked for one this often, ms. */
const ASK_EVERY_MS = 15_000
const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 5_000, timeout: 20_000 }

export function usePosition(onDuty: boolean): Fix {
  const [fix, setFix] = useState<Fix>({ kind: 'off' })

  useEffect(() => {
    if (!onDuty) {
      setFix({ kind: 'off' })
      return
    }
    if (!window.isSecureContext || !navigator.geolocation) {
      setFix({ kind: 'failed', why: window.isSecureContext ? 'unavailable' : 'insecure' })
      return
    }
    setFix({ kind: 'searching' })
    let sentAtMs = 0
    const took = (found: GeolocationPosition) => {
      const position = positionOf(found)
      setFix({ kind: 'fix', position })
      if (Date.now() - sentAtMs < SEND_EVERY_MS) return
      sentAtMs = Date.now()
      // A lost position is followed by the next one; only commands are queued.
      void post('/api/patrol/position', position).catch(() => undefined)
    }
    const failed = (error: GeolocationPositionError) => {
      if (error.code === error.PERMISSION_DENIED) setFix({ kind: 'failed', why: 'denied' })
      else setFix(before => (before.kind === 'fix' ? before : { kind: 'failed', why: 'unavailable' }))
    }
    const watch = navigator.geolocation.watchPosition(took, failed, OPTIONS)
    const ask = setInterval(() => navigator.geolocation.getCurrentPosition(took, failed, OPTIONS), ASK_EVERY_MS)
    return () => {
      navigator.geolocation.clearWatch(watch)
      clearInterval(ask)
    }
  }, [onDuty])

  return fix
}

function positionOf({ coords }: GeolocationPosition): PatrolPosition {
  return {
    lat: coords.latitude,
    lon: coords.longitude,
    accuracyM: Math.round(coords.accuracy),
    atMs: serverNowMs(),
    ...(coords.heading !== null && Number.isFinite(coords.heading) ? { headingDeg: Math.round(coords.heading) } : {}),
    ...(coords.speed !== null && Number.isFinite(coords.speed) ? { speedKmh: Math.round(coords.speed * 3.6) } : {})
  }
}
