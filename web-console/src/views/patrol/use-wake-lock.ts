/** Keeps the screen on while on duty, where the browser allows it: a dark phone rings too late. */
import { useEffect } from 'react'

export function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || !('wakeLock' in navigator)) return
    let lock: WakeLockSentinel | undefined
    let gone = false
    const ask = async () => {
      if (document.hidden) return
      const got = await navigator.wakeLock.request('screen').catch(() => undefined)
      if (gone) void got?.release()
      else lock = got
    }
    void ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      gone = true
      document.removeEventListener('visibilitychange', ask)
      void lock?.release()
    }
  }, [wanted])
}
