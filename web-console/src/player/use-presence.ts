/** What one picture has at the time of the clock, as state: looked at a few times a second, drawn only when it changes. */
import { useEffect, useState } from 'react'
import type { Director } from './play-director.ts'
import type { PlaySession, Presence } from './play-session.ts'

const LOOK_MS = 100

export function usePresence(director: Director, session: { readonly current: PlaySession | undefined }): Presence {
  const [presence, setPresence] = useState<Presence>({ kind: 'loading' })
  useEffect(() => {
    const look = () => {
      const next = session.current?.at(director.atMs) ?? { kind: 'loading' }
      setPresence(before => (same(before, next) ? before : next))
    }
    const timer = setInterval(look, LOOK_MS)
    return () => clearInterval(timer)
  }, [director, session])
  return presence
}

/** A frame is a frame: which one changes with every picture. */
function same(a: Presence, b: Presence): boolean {
  if (a.kind === 'gap' && b.kind === 'gap') return a.fromMs === b.fromMs && a.toMs === b.toMs
  if (a.kind === 'edge' && b.kind === 'edge') return a.atMs === b.atMs
  return a.kind === b.kind
}
