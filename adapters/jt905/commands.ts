/** Orders of the floor to a taxi that speaks JT/T 905: texts, call-back, listening in, tracking; the unit's 0x0001 is the answer. */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { CommandAnswer, CommandKind, DeviceCommand } from '../../gateway/core/device-command.ts'
import { words } from '../kit/terminal-frame.ts'
import { type Asks, callBody, commandAnswerOf, textOf } from '../kit/vehicle-asks.ts'
import type { Jt905Config } from './config.ts'
import type { Isu } from './session.ts'

/** Three programs name this bound; behind the text a NUL. */
const MAX_TEXT_BYTES = 499
const KINDS: readonly CommandKind[] = ['text', 'callBack', 'photo', 'track']
/** Ends every text (STRING). */
const NUL = Buffer.from([0])

export interface Jt905Commands {
  commandsOf(sourceId: SourceId): readonly CommandKind[]
  command(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer>
}

export interface CommandDeps {
  readonly config: Pick<Jt905Config, 'listenIn' | 'photoChannels' | 'textAloud'>
  readonly asks: Pick<Asks, 'send'>
  /** The line that speaks for each known vehicle. */
  readonly holders: ReadonlyMap<string, Isu>
}

/** 0x8300; undefined where nothing shows it, or the text is too long. */
export function textBody(text: string, on: 'driver' | 'screen' | 'sign', aloud: boolean): Buffer | undefined {
  const said = textOf(text, on, { aloud, maxBytes: MAX_TEXT_BYTES })
  return said && Buffer.concat([Buffer.from([said.flags]), said.bytes, NUL])
}

/** Property of 0x8202: ends the tracking under way, and what follows is not read. */
const TRACK_END = 0xff

/** 0x8202 by time (property 0): a report every `intervalS` for `forS`; an interval of 0 ends it. */
export function trackBody(intervalS: number, forS: number): Buffer {
  const body = Buffer.alloc(7)
  if (intervalS === 0) body.writeUInt8(TRACK_END, 0)
  body.writeUInt16BE(intervalS, 1)
  body.writeUInt32BE(intervalS === 0 ? 0 : forS, 3)
  return body
}

/** 0x8801: one picture of a camera, at once, sent and not stored. As in JT/T 808, but 640×480 is resolution 1. */
export function photoBody(camera: number): Buffer {
  const [once, intervalS] = [1, 0]
  const [send, vga, quality, brightness, contrast, saturation, chroma] = [0, 1, 5, 128, 64, 64, 128]
  return Buffer.concat([
    Buffer.from([camera]),
    words(once, intervalS),
    Buffer.from([send, vga, quality, brightness, contrast, saturation, chroma])
  ])
}

function callOf(number: string, listen: boolean): Buffer | undefined {
  const body = callBody(number, listen)
  return body && Buffer.concat([body, NUL])
}

export function createCommands({ config, asks, holders }: CommandDeps): Jt905Commands {
  const isuOf = (sourceId: SourceId) => sourceId.slice('jt905:'.length)
  const kinds: readonly CommandKind[] = config.listenIn ? [...KINDS, 'listenIn'] : KINDS

  function messageOf(command: DeviceCommand): readonly [number, Buffer | undefined] | undefined {
    switch (command.kind) {
      case 'text':
        return [0x8300, textBody(command.text, command.on, config.textAloud)]
      case 'callBack':
        return [0x8400, callOf(command.number, false)]
      case 'listenIn':
        return config.listenIn ? [0x8400, callOf(command.number, true)] : undefined
      case 'photo':
        return [0x8801, photoBody(command.channel ?? config.photoChannels[0] ?? 1)]
      case 'track':
        return [0x8202, trackBody(command.intervalS, command.forS)]
      default:
        return undefined
    }
  }

  return {
    commandsOf: sourceId => (holders.has(isuOf(sourceId)) ? kinds : []),
    async command(sourceId, command) {
      const isu = isuOf(sourceId)
      const line = holders.get(isu)
      if (!line) return { result: 'offLine' }
      const [messageId, body] = messageOf(command) ?? []
      if (messageId === undefined || !body) return { result: 'unsupported' }
      return commandAnswerOf(await asks.send(line, messageId, body, isu))
    }
  }
}
