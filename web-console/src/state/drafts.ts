/** Half-typed forms of this tab: another alarm in between (F2), a reload and a new log-in of the same person lose no word; another person finds none of it. */
import { useCallback, useRef, useSyncExternalStore } from 'react'

const KEY = 'pingan.drafts'
/** Of incidents long gone the oldest go first. */
const MAX_DRAFTS = 50

type Drafts = ReadonlyMap<string, unknown>

let owner: string | undefined
let drafts: Drafts = new Map()
const listeners = new Set<() => void>()

function put(next: Drafts): void {
  drafts = next
  sessionStorage.setItem(KEY, JSON.stringify({ owner, drafts: [...next] }))
  for (const listener of listeners) listener()
}

/** Whose drafts are kept from now on; those of anybody else are forgotten. */
export function ownDrafts(userId: string): void {
  if (owner === userId) return
  owner = userId
  put(keptOf(userId))
}

/** After a log-out nothing stays on this machine. */
export function forgetDrafts(): void {
  owner = undefined
  drafts = new Map()
  sessionStorage.removeItem(KEY)
  for (const listener of listeners) listener()
}

function keptOf(userId: string): Drafts {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as { owner?: unknown; drafts?: unknown }
    if (kept.owner !== userId || !Array.isArray(kept.drafts)) return new Map()
    return new Map((kept.drafts as readonly [string, unknown][]).slice(-MAX_DRAFTS))
  } catch {
    return new Map()
  }
}

function keep(key: string, value: unknown): void {
  const next = new Map(drafts)
  next.delete(key)
  if (value !== undefined) next.set(key, value)
  put(new Map([...next].slice(-MAX_DRAFTS)))
}

/** Sent: under this name, and those below it, nothing is left. */
export function forgetDraft(name: string): void {
  const left = [...drafts].filter(([key]) => key !== name && !key.startsWith(`${name}/`))
  if (left.length < drafts.size) put(new Map(left))
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** What was typed under this name, else `initial`; typed back to `initial` it is no draft any more. */
export function useDraft<T extends string | object>(name: string, initial: T): readonly [T, (value: T) => void] {
  const kept = useSyncExternalStore(subscribe, () => drafts.get(name) as T | undefined)
  const untouched = useRef(initial)
  untouched.current = initial
  const set = useCallback(
    (value: T) => keep(name, JSON.stringify(value) === JSON.stringify(untouched.current) ? undefined : value),
    [name]
  )
  return [kept ?? initial, set]
}

/** Names of all drafts, the oldest first. */
export function useDraftNames(): readonly string[] {
  const all = useSyncExternalStore(subscribe, () => drafts)
  return [...all.keys()]
}

/** The parts of an incident's work that are half-typed: `note`, `feedback` …; each once. */
export function draftsOf(names: readonly string[], incidentId: string): readonly string[] {
  const own = names.filter(name => name.startsWith(`${incidentId}/`))
  return [...new Set(own.map(name => name.split('/')[1] ?? ''))]
}

/** The same, as they are now. */
export function draftsNow(incidentId: string): readonly string[] {
  return draftsOf([...drafts.keys()], incidentId)
}
