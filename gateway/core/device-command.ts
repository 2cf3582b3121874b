/** Orders to devices 设备指令: what the floor may ask of the thing that called, and how the device answered. */
import type { SourceId } from './brand.ts'
import type { AlarmClass, SourceKind } from './signal.ts'

/** One order. Seconds are whole; an order without an end (`siren`) always carries its length. */
export type DeviceCommand =
  /** Shown to the driver, inside the vehicle, or on its roof sign. */
  | { readonly kind: 'text'; readonly text: string; readonly on: 'driver' | 'screen' | 'sign' }
  /** The device calls this number, so that both sides speak. */
  | { readonly kind: 'callBack'; readonly number: string }
  /** The device calls this number and is heard; nobody there hears us. */
  | { readonly kind: 'listenIn'; readonly number: string }
  /** The sound of the vehicle's cameras, which send their pictures already: live beside them and in the evidence, until the incident ends. */
  | { readonly kind: 'cabinSound' }
  | { readonly kind: 'photo'; readonly channel?: number }
  /** Positions every `intervalS`, for `forS`; an interval of 0 ends it. */
  | { readonly kind: 'track'; readonly intervalS: number; readonly forS: number }
  /** Absent partition 分区: the whole box. */
  | { readonly kind: 'arm'; readonly partition?: string }
  | { readonly kind: 'disarm'; readonly partition?: string }
  /** 0 ends it. */
  | { readonly kind: 'siren'; readonly seconds: number }
  | { readonly kind: 'relay'; readonly output: number; readonly on: boolean; readonly seconds?: number }

export type CommandKind = DeviceCommand['kind']

/** Back to the vehicle's usual interval. */
export const END_OF_TRACKING: DeviceCommand = { kind: 'track', intervalS: 0, forS: 0 }

export const COMMAND_KINDS = [
  'text',
  'callBack',
  'listenIn',
  'cabinSound',
  'photo',
  'track',
  'arm',
  'disarm',
  'siren',
  'relay'
] as const satisfies readonly CommandKind[]

export const COMMAND_RESULTS = ['done', 'refused', 'unsupported', 'offLine', 'noAnswer'] as const
/** `done` and `refused` are the device's own word; the others say that it gave none. */
export type CommandResult = (typeof COMMAND_RESULTS)[number]

export interface CommandAnswer {
  readonly result: CommandResult
  /** The device's words or the reason, for people; at most 200 characters are kept. */
  readonly detail?: string
}

/** Orders that nobody beside the device sees or hears: all that duress and a silent alarm allow (rule 5). */
const UNSEEN: ReadonlySet<CommandKind> = new Set(['photo', 'track', 'cabinSound'])

/** Somebody is heard who may not know it: only where it is switched on, by a leader's second word. */
const LISTENS: ReadonlySet<CommandKind> = new Set(['listenIn', 'cabinSound'])

export const listens = (kind: CommandKind): boolean => LISTENS.has(kind)

export const givesSign = (kind: CommandKind): boolean => !UNSEEN.has(kind)

/** Calls for help of a person: what sent one is not disarmed while it is open (rule 4). */
export const CALLS_FOR_HELP: ReadonlySet<AlarmClass> = new Set(['panic', 'duress', 'medical', 'help'])
/** Pressed without a sound by whoever drives (rule 5). What a car tells of an accident by itself (`medical`) is no secret: the driver is called. */
export const SILENT_OF_TAXI: ReadonlySet<AlarmClass> = new Set(['panic', 'duress', 'help'])

/** A source of the incident, with what it can take now. */
export interface CommandTarget {
  readonly sourceId: SourceId
  readonly sourceKind: SourceKind
  readonly commands: readonly CommandKind[]
  /** A text can be shown on its roof sign. */
  readonly roofSign?: true
}

/** POST /api/incidents/:id/commands; answered by a `CommandAnswer`. `listenIn` and `cabinSound` need a leader's second word. */
export interface CommandRequest {
  readonly source: string
  readonly command: DeviceCommand
  /** Rule 5: who orders has read that the alarm is silent and that this order is seen or heard there. */
  readonly silentConfirmed?: boolean
  readonly confirmedBy?: string
  readonly confirmedByPassword?: string
}

/** GET /api/incidents/:id/commands */
export interface CommandTargets {
  /** The alarm is silent: these give a sign, and go out only with `silentConfirmed`. */
  readonly needWord: readonly CommandKind[]
  readonly sources: readonly CommandTarget[]
}

/** An order's own value for the record: the text, the number, the length. */
export function saidOf(command: DeviceCommand): string {
  switch (command.kind) {
    case 'text':
      return command.text
    case 'callBack':
    case 'listenIn':
      return command.number
    case 'photo':
      return command.channel === undefined ? '' : String(command.channel)
    case 'cabinSound':
      return ''
    case 'track':
      return command.intervalS === 0 ? '0 s' : `${command.intervalS} s / ${command.forS} s`
    case 'arm':
    case 'disarm':
      return command.partition ?? ''
    case 'siren':
      return `${command.seconds} s`
    case 'relay':
      return `${command.output} ${command.on ? 'on' : 'off'}${command.seconds === undefined ? '' : ` ${command.seconds} s`}`
  }
}
