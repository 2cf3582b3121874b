/** What a report changes of one alarm bit that is told, pure: a bit that changes again and again is shelved, one that never clears is stuck. */

/** What was told last, kept durably with the signal that told it. `AtMs` and `endMs` are the device's times, all others ours. */
export interface BitState {
  readonly eventId: string
  readonly atMs: number
  /** Absent: not over. */
  readonly endMs?: number
  /** When it was told, or when it last changed on its shelf. */
  readonly heardMs?: number
  /** Of the last minute. */
  readonly changesMs?: readonly number[]
  readonly shelf?: BitShelf
  /** The trouble of a bit that does not clear is open. */
  readonly stuck?: boolean
}

/** What a flapping bit does is only on record for a while. */
export interface BitShelf {
  readonly startMs: number
  /** The bit as it was last, and since when. */
  readonly set: boolean
  readonly lastMs: number
  /** The trouble that says so is on record. */
  readonly told?: boolean
}

/** `held` is on record only; `stuck` and `chatter` begin a trouble, `unstuck` and `calm` end it. */
export interface BitStep {
  readonly kind: 'begin' | 'end' | 'held' | 'stuck' | 'unstuck' | 'chatter' | 'calm'
  readonly eventId: string
  readonly state: BitState
}

export interface BitReport {
  readonly set: boolean
  /** The device's time, else ours. */
  readonly atMs: number
  readonly nowMs: number
  readonly serial: number
}

export interface BitRule {
  readonly name: string
  /** Set for so long a bit is stuck; 0: never. */
  readonly stuckMs: number
}

/** Domain "Storm": three changes a minute are chatter, shelved for half an hour. */
const CHATTERS_FROM = 3
const WINDOW_MS = 60_000
const SHELF_MS = 30 * 60_000
/** What stands for a minute does not flap: it is told also while the bit is shelved. */
const STANDS_MS = 60_000
/** Without a change for so long it has calmed down before the half hour is over. */
const CALM_MS = 5 * 60_000

/** Told and not over. */
export function isOpen(state: BitState | undefined): state is BitState {
  return state !== undefined && state.endMs === undefined
}

/** The next thing to put on record for this report; asked again with its state until there is none. */
export function stepOf(rule: BitRule, state: BitState | undefined, report: BitReport): BitStep | undefined {
  const { set, nowMs } = report
  if (!state) return set ? begun(rule, state, report) : undefined
  const { shelf } = state
  if (shelf) {
    const chatterId = `${rule.name}-chatter-${shelf.startMs}`
    if (!shelf.told)
      return { kind: 'chatter', eventId: chatterId, state: { ...state, shelf: { ...shelf, told: true } } }
    if (isOver(state, shelf, nowMs)) {
      // Whether it is stuck counts from its last change.
      const calm = { ...state, heardMs: shelf.lastMs, shelf: undefined, changesMs: [] }
      return { kind: 'calm', eventId: `${chatterId}-end`, state: calm }
    }
    if (set === shelf.set) return undefined
    const held = { ...shelf, set, lastMs: nowMs }
    return { kind: 'held', eventId: `${idOf(rule, report)}-held`, state: { ...state, shelf: held } }
  }
  if (set !== isOpen(state)) {
    if (set) return begun(rule, state, report)
    if (state.stuck) return { kind: 'unstuck', eventId: `${state.eventId}-unstuck`, state: { ...state, stuck: false } }
    return {
      kind: 'end',
      eventId: `${state.eventId}-end`,
      state: changed({ ...state, endMs: report.atMs }, false, nowMs)
    }
  }
  const isStuck = set && rule.stuckMs > 0 && nowMs - (state.heardMs ?? state.atMs) >= rule.stuckMs
  if (!isStuck || state.stuck) return undefined
  return { kind: 'stuck', eventId: `${state.eventId}-stuck`, state: { ...state, stuck: true } }
}

function begun(rule: BitRule, before: BitState | undefined, report: BitReport): BitStep {
  const eventId = idOf(rule, report)
  const { atMs, nowMs } = report
  const told = { eventId, atMs, heardMs: nowMs, changesMs: before?.changesMs }
  return { kind: 'begin', eventId, state: changed(told, true, nowMs) }
}

/** The third change within a minute is told; what comes after it is shelved. */
function changed(state: BitState, set: boolean, nowMs: number): BitState {
  const recent = (state.changesMs ?? []).filter(ms => nowMs - ms < WINDOW_MS && ms <= nowMs)
  const changesMs = [...recent, nowMs].slice(-CHATTERS_FROM)
  if (changesMs.length < CHATTERS_FROM) return { ...state, changesMs }
  return { ...state, changesMs, shelf: { startMs: nowMs, set, lastMs: nowMs } }
}

/** A clock that was set back keeps nothing shelved. */
function isOver(state: BitState, { startMs, set, lastMs }: BitShelf, nowMs: number): boolean {
  const enoughMs = set && !isOpen(state) ? STANDS_MS : CALM_MS
  return nowMs < lastMs || nowMs - startMs >= SHELF_MS || nowMs - lastMs >= enoughMs
}

function idOf({ name }: BitRule, { atMs, serial }: BitReport): string {
  return `${name}-${atMs}-${serial}`
}

/** Which runs of set bits of one batch flap, by when they began (oldest first): the third within a minute and every one after it. */
export function flapsInBatch(begunMs: readonly number[], atMs: number): boolean {
  const two = begunMs.at(1 - CHATTERS_FROM)
  return begunMs.length >= CHATTERS_FROM - 1 && two !== undefined && atMs - two < WINDOW_MS
}
