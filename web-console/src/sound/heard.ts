/** Which rings are answered, for all windows of this browser: what was opened on the floor does not ring on the wall. */
import { useEffect, useState } from 'react'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'
import { answeredAtSight, type HeardRings } from './ring.ts'

const KEY = 'pingan.heard'

/** Rings that were there when the incident was first seen with an owner (`answeredAtSight`), or when it was last opened, are answered. */
export function useHeard(
  incidents: ReadonlyMap<string, Incident>,
  openedId: string | undefined,
  user: SessionUser | undefined
): HeardRings {
  const [heard, setHeard] = useState(() => readHeard(localStorage.getItem(KEY)))
  useEffect(() => {
    const told = (event: StorageEvent) => {
      if (event.key === KEY) setHeard(before => louder(before, readHeard(event.newValue)))
    }
    window.addEventListener('storage', told)
    return () => window.removeEventListener('storage', told)
  }, [])
  useEffect(() => {
    const opened = openedId === undefined ? undefined : incidents.get(openedId)
    setHeard(before => {
      const first = [...incidents.values()].filter(each => each.owner && before[each.id] === undefined)
      const answered = opened && before[opened.id] !== opened.rings ? [opened] : []
      if (first.length + answered.length === 0) return before
      const seen = Object.fromEntries(first.map(each => [each.id, answeredAtSight(each, user)]))
      return { ...before, ...seen, ...ringsOf(answered) }
    })
    if (opened) tell(ringsOf([opened]), incidents)
  }, [incidents, openedId, user])
  return heard
}

function ringsOf(incidents: readonly Incident[]): HeardRings {
  return Object.fromEntries(incidents.map(incident => [incident.id, incident.rings]))
}

/** Only of incidents that are still known: the note stays small. */
function tell(answered: HeardRings, known: ReadonlyMap<string, Incident>): void {
  const before = readHeard(localStorage.getItem(KEY))
  if (Object.entries(answered).every(([id, rings]) => before[id] === rings)) return
  const kept = Object.entries(louder(before, answered)).filter(([id]) => known.has(id))
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)))
}

/** Rings only grow in number: the higher one was heard later. */
export function louder(before: HeardRings, more: HeardRings): HeardRings {
  const merged = { ...before }
  for (const [id, rings] of Object.entries(more)) merged[id] = Math.max(merged[id] ?? 0, rings)
  return merged
}

/** What a browser keeps may be anything. */
export function readHeard(text: string | null): HeardRings {
  try {
    const raw: unknown = JSON.parse(text ?? '{}')
    if (typeof raw !== 'object' || raw === null) return {}
    return Object.fromEntries(Object.entries(raw).filter(([, rings]) => Number.isSafeInteger(rings)))
  } catch {
    return {}
  }
}
