/** When is an emergency bit a new press? Pure rules over what is remembered of a vehicle (invariant 2). */

/** One report of a vehicle's terminal, as JT/T 808 and 905 give it. */
export interface Location {
  /** Alarm bit 0: the emergency button; kept by the terminal until it is told that an operator has acknowledged. */
  readonly emergency: boolean
  readonly alarmBits: number
  readonly statusBits: number
  /** Degrees, when they can exist. Not `positioned`: the last place the terminal knew, how old is not said. */
  readonly point?: { readonly lat: number; readonly lon: number }
  readonly positioned: boolean
  readonly speedKmh: number
  readonly headingDeg: number
  /** UTC ms by the terminal's clock; undefined when it is no date. */
  readonly deviceMs?: number
}

/** Kept durably with the signal that changed it, so that a bit still set after a restart is the same press. */
export interface PressState {
  /** The last known emergency bit. */
  readonly pressed: boolean
  /** Who reported it: see Report. Another's open press never hides one of yours. */
  readonly by: string
  /** Of the last press; empty before the first. */
  readonly eventId: string
  /** Serial of the frame that reported it: what 0x8203 names. */
  readonly serial: number
  /** Device time of the press, or ours when the device had none, UTC ms. */
  readonly pressMs: number
  readonly clearMs: number
  /** The operator has acknowledged: a confirmation (0x8203) is due until the terminal answers. */
  readonly confirm: 'none' | 'due' | 'answered'
  /** A stuck-button trouble is open. */
  readonly stuck: boolean
}

export const NEVER_PRESSED: PressState = {
  pressed: false,
  by: '',
  eventId: '',
  serial: 0,
  pressMs: 0,
  clearMs: 0,
  confirm: 'none',
  stuck: false
}

/** One live report as the rule sees it. */
export interface Report {
  readonly emergency: boolean
  /** The proof it came with: of an authenticated terminal its code, of any other its connection. */
  readonly by: string
  readonly serial: number
  readonly deviceMs?: number
}

export type Step =
  | { readonly kind: 'none' }
  | { readonly kind: 'press'; readonly state: PressState }
  | { readonly kind: 'clear'; readonly state: PressState }

/** A device clock further off than this dates nothing. */
const CLOCK_TRUST_MS = 86_400_000

/**
 * The same frame sent again gives the same id, another press another: device time and serial of the reporting frame. A clock that is
 * absent or stands still would give ids that come again, and a press with a known id is taken for a repetition: then our time stands in.
 */
export function eventIdOf(report: Report, nowMs: number): string {
  const { deviceMs, serial } = report
  const trusted = deviceMs !== undefined && Math.abs(deviceMs - nowMs) < CLOCK_TRUST_MS
  return trusted ? `press-${deviceMs}-${serial}` : `press-received-${nowMs}-${serial}`
}

/**
 * One live 0x0200. Reports are taken in order of arrival, not of the device's clock, which may jump;
 * a bit that is set already is the same press for its reporter only, and for anybody a frame sent again;
 * only a retransmitted frame from before the press, known by its serial, must not look like the button being released.
 */
export function stepLive(state: PressState, report: Report, nowMs: number): Step {
  if (report.emergency) {
    const eventId = eventIdOf(report, nowMs)
    if ((state.pressed && state.by === report.by) || eventId === state.eventId) return { kind: 'none' }
    const pressMs = report.deviceMs ?? nowMs
    return {
      kind: 'press',
      state: { ...NEVER_PRESSED, pressed: true, by: report.by, eventId, serial: report.serial, pressMs }
    }
  }
  if (!state.pressed || isBefore(report, state)) return { kind: 'none' }
  return {
    kind: 'clear',
    state: { ...state, pressed: false, clearMs: report.deviceMs ?? nowMs, confirm: 'none', stuck: false }
  }
}

function isBefore(report: Report, state: PressState): boolean {
  const behind = (state.serial - report.serial) & 0xffff
  return behind > 0 && behind < 1000 && report.deviceMs !== undefined && report.deviceMs <= state.pressMs
}

/** An emergency that a batch (0x0704) replays and that no live report has told already. */
export interface OldPress {
  readonly atMs: number
  readonly location: Location
  /** Nothing later in the batch releases it: the bit is set still. */
  readonly stillSet: boolean
}

/**
 * Runs of set bits in a batch, oldest first, without those that touch the press already known: a run counts as the known press
 * when it, continued to the next report without the bit, overlaps the time from that press to its release. Of a press that another
 * reported only the moment counts: its length is a claim that could cover everything.
 */
export function pressesOfBatch(
  state: PressState,
  by: string,
  locations: readonly Location[],
  nowMs: number
): OldPress[] {
  const ordered = locations
    .map(location => ({ location, atMs: location.deviceMs ?? nowMs }))
    .sort((a, b) => a.atMs - b.atMs)
  const out: OldPress[] = []
  ordered.forEach(({ location, atMs }, index) => {
    if (!location.emergency || ordered[index - 1]?.location.emergency) return
    const release = ordered.slice(index).find(item => !item.location.emergency)
    const knownEndMs = state.pressed ? Number.POSITIVE_INFINITY : state.clearMs
    const overlaps = atMs <= knownEndMs && (release?.atMs ?? Number.POSITIVE_INFINITY) > state.pressMs
    const known = state.eventId !== '' && (state.by === by ? overlaps : atMs === state.pressMs)
    if (!known) out.push({ atMs, location, stillSet: release === undefined })
  })
  return out
}

/** The remembered text back to a state; anything unreadable counts as never pressed, which can only raise one alarm too many. */
export function parsePressState(text: string | undefined): PressState {
  if (text === undefined) return NEVER_PRESSED
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...NEVER_PRESSED, ...value } : NEVER_PRESSED
  } catch {
    return NEVER_PRESSED
  }
}
