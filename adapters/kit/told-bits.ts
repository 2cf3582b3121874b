/** Alarm bits of terminals that have a meaning beside the press: told once when each begins and once when it ends, also over restarts. */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { GeoPoint } from '../../gateway/core/geo.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { saying, type Words } from '../../gateway/core/words.ts'
import { type BitState, type BitStep, flapsInBatch, isOpen, stepOf } from './told-bit-steps.ts'
import type { Location } from './vehicle-press.ts'
import type { Arrival } from './vehicles.ts'

export interface ToldBit {
  /** In its event ids, in what is remembered, and behind `stuck-` and `chatter-` in the causes of its troubles. */
  readonly name: string
  /** What it tells of. */
  readonly label: Words
  /** Of the alarm flags; -1: there is none. */
  readonly bit: number
  readonly says: Pick<Signal, 'condition' | 'alarmClass'> & Partial<Pick<Signal, 'cause' | 'text' | 'textEn'>>
  /** Raised also from a batch, since what it says of then still matters now; and a trouble when it never clears, since it would hide the next one. */
  readonly late: boolean
}

export interface ToldBitsOptions {
  readonly protocol: string
  /** Of what is remembered: `protocol:keyName:phone`. */
  readonly keyName: string
  readonly sourceKind: Signal['sourceKind']
  readonly bits: readonly ToldBit[]
  readonly datum: GeoPoint['datum']
  readonly lateMaxMs: number
  /** Set for so long a bit is stuck; 0: never. */
  readonly stuckBitMs: number
  /** False: the bits of this one say something else. */
  isFor(sourceId: SourceId): boolean
}

export interface ToldBits {
  /** A report: resolves when what it changed is durable, and rejects when it could not be stored; undefined: nothing changed. */
  live(arrival: Arrival, location: Location): Promise<void> | undefined
  /** Reports of a blind area. */
  batch(arrival: Arrival, locations: readonly Location[]): Promise<void> | undefined
  /** Something of it is told and not over. */
  isOpen(phone: string): boolean
}

/** By the bit's name. */
type Told = Readonly<Record<string, BitState | undefined>>

interface Terminal {
  readonly key: string
  readonly sourceId: SourceId
  told: Told
  steps: number
  /** Reports are worked in order, also of two lines. */
  tail: Promise<unknown>
}

/** Only of who has proved who he is. */
export function createToldBits(host: AdapterHost, options: ToldBitsOptions): ToldBits {
  const { protocol, keyName, sourceKind, datum, lateMaxMs, stuckBitMs } = options
  const bits = options.bits.map(each => ({ ...each, mask: maskOf(each.bit) }))
  const all = bits.reduce((masks, { mask }) => masks | mask, 0)
  const lateBits = bits.filter(({ late }) => late)
  const isSet = ({ mask }: { readonly mask: number }, { alarmBits }: Location) => (alarmBits & mask) !== 0
  /** Those of whom something was ever told: nearly all that report have no entry. */
  const terminals = new Map<string, Terminal>()

  const terminalOf = ({ phone, verified }: Arrival, isNeeded: boolean): Terminal | undefined => {
    if (!verified || all === 0) return undefined
    const known = terminals.get(phone)
    if (known) return known
    const key = `${protocol}:${keyName}:${phone}`
    const remembered = host.recall(key)
    if (!isNeeded && remembered === undefined) return undefined
    const sourceId = id<SourceId>(`${protocol}:${phone}`)
    if (!options.isFor(sourceId)) return undefined
    const terminal = { key, sourceId, told: readTold(remembered), steps: 0, tail: Promise.resolve() }
    terminals.set(phone, terminal)
    return terminal
  }
  const inOrder = (terminal: Terminal, step: () => Promise<void>): Promise<void> => {
    terminal.steps += 1
    const result = terminal.tail.then(step).finally(() => {
      terminal.steps -= 1
    })
    terminal.tail = result.catch(() => undefined)
    return result
  }
  const signalOf = (
    terminal: Terminal,
    { says }: ToldBit,
    { link, receivedMs, raw }: Arrival,
    location: Location
  ): Signal => ({
    ...{ sourceId: terminal.sourceId, sourceKind, ...says, qualifier: 'new', eventId: '' },
    ...{ deviceTimeMs: location.deviceMs, receivedTimeMs: receivedMs, verified: true, origin: link.origin },
    position: location.point ? { ...location.point, datum } : undefined,
    raw: raw.toString('hex', 0, 2048)
  })
  const stepFor = (terminal: Terminal, what: (typeof bits)[number], arrival: Arrival, location: Location) =>
    stepOf({ name: what.name, stuckMs: what.late ? stuckBitMs : 0 }, terminal.told[what.name], {
      ...{ set: isSet(what, location), nowMs: arrival.receivedMs, serial: arrival.serial },
      atMs: location.deviceMs ?? arrival.receivedMs
    })
  const step = async (terminal: Terminal, what: ToldBit, taken: BitStep, arrival: Arrival, location: Location) => {
    const told = { ...terminal.told, [what.name]: taken.state }
    const signal = { ...signalOf(terminal, what, arrival, location), ...said(what, taken.kind) }
    // Journal and state in one commit; the state in memory changes only when both are durable.
    await host.accept({ ...signal, eventId: taken.eventId }, { key: terminal.key, value: JSON.stringify(told) })
    terminal.told = told
  }

  /**
   * The time alone makes the event: the same batch sent again, under another serial, is the same one. A run of set bits that touches what was told is
   * no other, also when that came live; set still at its end it is told until a live report clears it, also in the next batch. What raised nothing hides nothing.
   * Of a bit that flapped in the blind area two a minute are raised.
   */
  const replay = async (
    terminal: Terminal,
    what: (typeof bits)[number],
    arrival: Arrival,
    timed: readonly { readonly location: Location; readonly atMs: number }[]
  ): Promise<void> => {
    const begunMs: number[] = []
    for (const [n, { location, atMs }] of timed.entries()) {
      const before = timed[n - 1]?.location
      if (!isSet(what, location) || (before && isSet(what, before))) continue
      const end = timed.slice(n).find(each => !isSet(what, each.location))
      const flaps = flapsInBatch(begunMs, atMs)
      begunMs.push(atMs)
      const known = terminal.told[what.name]
      const isSame = known && atMs <= (known.endMs ?? Infinity) && (end?.atMs ?? Infinity) > known.atMs
      if (isSame && atMs >= known.atMs) continue
      const raise = !isSame && !flaps && arrival.receivedMs - atMs < lateMaxMs
      const eventId = `${what.name}-${atMs}-batch`
      const state = { eventId, atMs, heardMs: arrival.receivedMs, changesMs: known?.changesMs, shelf: known?.shelf }
      const told = raise && !end ? { ...terminal.told, [what.name]: state } : terminal.told
      await host.accept(
        { ...signalOf(terminal, what, arrival, location), eventId, qualifier: raise ? 'new' : 'status' },
        told === terminal.told ? undefined : { key: terminal.key, value: JSON.stringify(told) }
      )
      terminal.told = told
    }
  }

  return {
    live(arrival, location) {
      const terminal = terminalOf(arrival, (location.alarmBits & all) !== 0)
      const isQuiet = () => terminal && bits.every(what => !stepFor(terminal, what, arrival, location))
      if (!terminal || (terminal.steps === 0 && isQuiet())) return undefined
      return inOrder(terminal, async () => {
        for (const what of bits)
          for (;;) {
            const taken = stepFor(terminal, what, arrival, location)
            if (!taken) break
            await step(terminal, what, taken, arrival, location)
          }
      })
    },
    batch(arrival, locations) {
      const wanted = lateBits.filter(what => locations.some(location => isSet(what, location)))
      const terminal = wanted.length > 0 ? terminalOf(arrival, true) : undefined
      if (!terminal) return undefined
      return inOrder(terminal, async () => {
        const timed = locations.map(location => ({ location, atMs: location.deviceMs ?? arrival.receivedMs }))
        timed.sort((a, b) => a.atMs - b.atMs)
        for (const what of wanted) await replay(terminal, what, arrival, timed)
      })
    },
    isOpen: phone => Object.values(terminals.get(phone)?.told ?? {}).some(isOpen)
  }
}

interface StepRow {
  readonly qualifier: Signal['qualifier']
  /** Of the bit itself; absent: what the bit says. */
  readonly trouble?: 'stuck' | 'chatter'
  readonly says?: (label: Words) => Words
}

const STEPS: Readonly<Record<BitStep['kind'], StepRow>> = {
  begin: { qualifier: 'new' },
  held: { qualifier: 'status' },
  end: { qualifier: 'restore' },
  stuck: {
    ...{ qualifier: 'new', trouble: 'stuck' },
    says: ({ zh, en }) => ({
      zh: `“${zh}”报警位一直不清除，再发生时不会另报，请检修终端`,
      en: `The alarm bit “${en}” does not clear and would hide the next one: have the terminal looked at`
    })
  },
  unstuck: { qualifier: 'restore', trouble: 'stuck' },
  chatter: {
    ...{ qualifier: 'new', trouble: 'chatter' },
    says: ({ zh, en }) => ({
      zh: `“${zh}”报警位一分钟内反复变化：首次已报，此后只记录，最长 30 分钟；持续一分钟的照报`,
      en: `The alarm bit “${en}” changes again and again within a minute: told once, then on record only, for 30 min at most; what stands for a minute is told all the same`
    })
  },
  calm: { qualifier: 'restore', trouble: 'chatter' }
}

function said({ name, label, says }: ToldBit, kind: BitStep['kind']): Partial<Signal> & Pick<Signal, 'qualifier'> {
  const { qualifier, trouble, says: words } = STEPS[kind]
  if (!trouble) return { ...says, qualifier }
  const text = words ? saying(words(label)) : { text: undefined, textEn: undefined }
  return { condition: 'fault', alarmClass: 'trouble', cause: `${trouble}-${name}`, ...text, qualifier }
}

/** Bit 31 included. */
function maskOf(bit: number): number {
  return bit < 0 ? 0 : 1 << bit
}

/** Anything unreadable counts as nothing told, which can only tell once too often. */
function readTold(text: string | undefined): Told {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Told) : {}
  } catch {
    return {}
  }
}
