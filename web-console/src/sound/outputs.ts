/**
 * Which device of this machine sounds for what: the alarm from the loudspeaker, a call in the headset. Remembered by the browser of the seat, for
 * whoever sits there; a device that is gone is replaced by the system's own, and said until it is back or another one is chosen.
 */
export const OUTPUT_USES = ['alarm', 'call'] as const
export type OutputUse = (typeof OUTPUT_USES)[number]

export interface OutputDevice {
  readonly deviceId: string
  readonly label: string
}

export type OutputChoices = Readonly<Partial<Record<OutputUse, OutputDevice>>>

export interface OutputsState {
  /** Without the system's own, which is always there; empty until the browser may name them. */
  readonly devices: readonly OutputDevice[]
  readonly choices: OutputChoices
  /** Chosen, not there: sounds from the system's own meanwhile. */
  readonly gone: readonly OutputUse[]
}

declare global {
  /** Chromium has it; the library's types do not yet. */
  interface AudioContext {
    setSinkId?(deviceId: string): Promise<void>
  }
}

/** An AudioContext or an audio element; a browser without `setSinkId` plays on the system's own. */
export interface Sink {
  setSinkId?(deviceId: string): Promise<void>
  /** Of an AudioContext. */
  readonly state?: string
  resume?(): Promise<void>
}

export interface Outputs {
  get(): OutputsState
  subscribe(tell: () => void): () => void
  /** Undefined is the system's own. */
  choose(use: OutputUse, device: OutputDevice | undefined): void
  /** Moves it there now and whenever devices or the choice change, until what comes back is called. */
  attach(use: OutputUse, sink: Sink): () => void
  /** The microphone of the device that calls sound from: a headset is spoken into as well. Undefined: the system's own. */
  microphone(): string | undefined
  /** Looks anew which devices there are; never rejects. */
  look(): Promise<void>
}

interface Attached {
  readonly use: OutputUse
  /** The device it was last told; empty: the system's own, as every sink begins. */
  at: string
}

export interface OutputsOptions {
  readonly store: Pick<Storage, 'getItem' | 'setItem'>
  /** Absent on a page without HTTPS. */
  readonly media: Pick<MediaDevices, 'enumerateDevices'> | undefined
}

export const OUTPUTS_KEY = 'pingan.outputs'
/** Names of the browser's own for what is chosen by leaving the choice to the system. */
const OF_SYSTEM = new Set(['', 'default', 'communications'])

export function createOutputs({ store, media }: OutputsOptions): Outputs {
  const tellers = new Set<() => void>()
  const sinks = new Map<Sink, Attached>()
  /** Uses whose sink the browser would not move there. */
  const refused = new Set<OutputUse>()
  let devices: readonly OutputDevice[] = []
  /** The browser names what there is: what it does not name is not there. */
  let named = false
  let heard: readonly MediaDeviceInfo[] = []
  let state: OutputsState | undefined

  const found = (choice: OutputDevice) => deviceOf(devices, choice)
  const isGone = (use: OutputUse, choice: OutputDevice | undefined): boolean =>
    choice !== undefined && (refused.has(use) || (named && !found(choice)))
  const settle = (): OutputsState => {
    const choices = readChoices(store.getItem(OUTPUTS_KEY))
    return { devices, choices, gone: OUTPUT_USES.filter(use => isGone(use, choices[use])) }
  }
  const get = (): OutputsState => {
    state ??= settle()
    return state
  }
  const changed = () => {
    state = settle()
    for (const tell of tellers) tell()
  }
  /** Chromium suspends a context that is moved a second time, wherever to: it would be silent for good, also where the move is to where it is. */
  const move = async (sink: Sink, attached: Attached): Promise<void> => {
    const { use, at } = attached
    const { choices, gone } = get()
    const choice = choices[use]
    const to = choice && !gone.includes(use) ? (found(choice) ?? choice).deviceId : ''
    if (to === at) return
    attached.at = to
    try {
      await sink.setSinkId?.(to)
    } catch {
      if (to === '') return
      attached.at = ''
      refused.add(use)
      changed()
      await sink.setSinkId?.('').catch(() => undefined)
    }
    // Before a gesture this settles with the gesture.
    if (sink.state === 'suspended') sink.resume?.().catch(() => undefined)
  }
  const moveAll = () => {
    changed()
    for (const [sink, attached] of sinks) void move(sink, attached)
  }
  const look = async (): Promise<void> => {
    const all = await media?.enumerateDevices().catch(() => undefined)
    heard = all ?? []
    const outs = all?.filter(each => each.kind === 'audiooutput')
    named = outs?.every(each => each.deviceId !== '') ?? false
    devices = (outs ?? [])
      .filter(each => !OF_SYSTEM.has(each.deviceId))
      .map(({ deviceId, label }) => ({ deviceId, label }))
    refused.clear()
    moveAll()
  }
  return {
    get,
    subscribe(tell) {
      tellers.add(tell)
      return () => tellers.delete(tell)
    },
    choose(use, device) {
      store.setItem(OUTPUTS_KEY, JSON.stringify({ ...readChoices(store.getItem(OUTPUTS_KEY)), [use]: device }))
      refused.delete(use)
      moveAll()
    },
    microphone() {
      const { choices, gone } = get()
      const chosen = choices.call && !gone.includes('call') ? found(choices.call) : undefined
      const group = heard.find(each => each.kind === 'audiooutput' && each.deviceId === chosen?.deviceId)?.groupId
      // Both ends of one device carry one group (Media Capture and Streams §9.3).
      if (!group) return undefined
      return heard.find(each => each.kind === 'audioinput' && each.groupId === group && !OF_SYSTEM.has(each.deviceId))
        ?.deviceId
    },
    attach(use, sink) {
      const attached: Attached = { use, at: '' }
      sinks.set(sink, attached)
      void move(sink, attached)
      return () => sinks.delete(sink)
    },
    look
  }
}

/** By its name too: a browser whose cookies were cleared numbers the same devices anew. */
export function deviceOf(
  devices: readonly OutputDevice[],
  { deviceId, label }: OutputDevice
): OutputDevice | undefined {
  return devices.find(each => each.deviceId === deviceId) ?? devices.find(each => label !== '' && each.label === label)
}

/** What a browser keeps may be anything. */
function readChoices(text: string | null): OutputChoices {
  try {
    const raw = JSON.parse(text ?? '{}') as Readonly<
      Record<string, Partial<Record<keyof OutputDevice, unknown>>>
    > | null
    return Object.fromEntries(
      OUTPUT_USES.flatMap(use => {
        const { deviceId, label } = raw?.[use] ?? {}
        return typeof deviceId === 'string' && typeof label === 'string' ? [[use, { deviceId, label }]] : []
      })
    )
  } catch {
    return {}
  }
}
