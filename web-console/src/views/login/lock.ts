/** 登录锁定: how long until one may try again after too many wrong passwords, counted down here by this page's own clock, which nobody sets. */
import { useEffect, useState } from 'react'
import { Refusal } from '../../wire/api.ts'

/** So long from `nowMs` (performance.now) on; undefined: the refusal is another one. */
export function lockedUntil(error: unknown, nowMs: number): number | undefined {
  if (!(error instanceof Refusal) || error.code !== 'LOGIN_LOCKED') return undefined
  return nowMs + Math.max(1, Number(error.detail.waitS) || 0) * 1_000
}

/** Not the work number is locked: too many log in at once, and nobody looked at the password. */
export const isBusy = (error: unknown): boolean => error instanceof Refusal && error.detail.busy === true

export interface Lock {
  /** 0: nothing is locked. */
  readonly leftMs: number
  readonly busy: boolean
  /** True where the refusal was a lock, which counts from now on. */
  readonly take: (error: unknown) => boolean
  /** Another work number is not locked. */
  readonly forget: () => void
}

export function useLock(): Lock {
  const [untilMs, setUntil] = useState(0)
  const [nowMs, setNow] = useState(0)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (untilMs === 0) return
    const timer = setInterval(() => {
      const now = performance.now()
      setNow(now)
      if (now >= untilMs) setUntil(0)
    }, 250)
    return () => clearInterval(timer)
  }, [untilMs])
  return {
    leftMs: Math.max(0, untilMs - nowMs),
    busy,
    take(error) {
      const now = performance.now()
      const until = lockedUntil(error, now)
      if (until === undefined) return false
      setNow(now)
      setUntil(until)
      setBusy(isBusy(error))
      return true
    },
    forget: () => setUntil(0)
  }
}
