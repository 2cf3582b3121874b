/** Orders of the floor to a vehicle (core/device-command.ts) as JT/T 808 messages; the terminal's 0x0001 is the answer. */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { CommandAnswer, CommandKind, DeviceCommand } from '../../gateway/core/device-command.ts'
import type { AdapterHost, VideoOrder } from '../../gateway/core/ports.ts'
import { isPersonal } from '../kit/personal-locator.ts'
import { words } from '../kit/terminal-frame.ts'
import { callBody, commandAnswerOf, textOf } from '../kit/vehicle-asks.ts'
import type { Jt808Config } from './config.ts'
import { type Orders, photoBody, trackBody } from './orders.ts'
import type { Terminal } from './session.ts'

/** Of a body of 1023 bytes, without flags and type. */
const MAX_TEXT_BYTES = 1021
/** Result of 0x0001. */
const UNSUPPORTED = 3
/** Type of 2019: 1 a notice. */
const NOTICE = 1

export interface Jt808Commands {
  commandsOf(sourceId: SourceId): readonly CommandKind[]
  command(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer>
  /** See Adapter.video. */
  video(sourceId: SourceId, order: VideoOrder): Promise<CommandAnswer>
}

export interface CommandDeps {
  readonly host: Pick<AdapterHost, 'kindOf'>
  readonly config: Pick<Jt808Config, 'listenIn' | 'photoChannels' | 'textAloud'>
  readonly orders: Pick<Orders, 'send'>
  /** The authenticated terminals by phone. */
  readonly online: ReadonlyMap<string, Terminal>
}

/** §8.21 0x8300; undefined where the standard has nothing that shows it, or the text is too long. */
export function textBody(
  text: string,
  on: 'driver' | 'screen' | 'sign',
  v2019: boolean,
  aloud = false
): Buffer | undefined {
  const said = textOf(text, on, { aloud, maxBytes: MAX_TEXT_BYTES })
  return said && Buffer.concat([Buffer.from(v2019 ? [said.flags, NOTICE] : [said.flags]), said.bytes])
}

/** JT/T 1078 0x9101: this channel's picture, with its sound where that is approved, main stream, to this address; of the two ports the one that is not meant is 0. */
export function videoBody(address: string, { port, channel, udp, sound }: Omit<VideoOrder, 'on' | 'address'>): Buffer {
  const [both, pictureOnly, mainStream, none] = [0, 1, 0, 0]
  const host = Buffer.from(address, 'latin1')
  return Buffer.concat([
    Buffer.from([host.length]),
    host,
    words(udp ? none : port, udp ? port : none),
    Buffer.from([channel, sound ? both : pictureOnly, mainStream])
  ])
}

/** 0x9102: closes the channel, picture and sound. */
export function videoEndBody(channel: number): Buffer {
  const [close, both, mainStream] = [0, 0, 0]
  return Buffer.from([channel, close, both, mainStream])
}

export function createCommands({ host, config, orders, online }: CommandDeps): Jt808Commands {
  const terminalOf = (sourceId: SourceId) => online.get(sourceId.slice('jt808:'.length))
  const kinds: readonly CommandKind[] = [
    'text',
    'callBack',
    ...(config.listenIn ? (['listenIn'] as const) : []),
    'photo',
    'track'
  ]
  /** What a person wears takes no picture and is not listened to unnoticed, whoever orders it. */
  const kindsOf = (sourceId: SourceId) =>
    isPersonal(host, sourceId) ? kinds.filter(kind => kind !== 'photo' && kind !== 'listenIn') : kinds

  function messageOf(command: DeviceCommand, terminal: Terminal): readonly [number, Buffer | undefined] | undefined {
    switch (command.kind) {
      case 'text':
        return [0x8300, textBody(command.text, command.on, terminal.v2019, config.textAloud)]
      case 'callBack':
        return [0x8400, callBody(command.number, false)]
      case 'listenIn':
        return config.listenIn ? [0x8400, callBody(command.number, true)] : undefined
      case 'photo':
        return [0x8801, photoBody(command.channel ?? config.photoChannels[0] ?? 1)]
      case 'track':
        return [0x8202, trackBody(command.intervalS, command.forS)]
      default:
        return undefined
    }
  }

  return {
    commandsOf: sourceId => (terminalOf(sourceId) ? kindsOf(sourceId) : []),
    async command(sourceId, command) {
      const terminal = terminalOf(sourceId)
      if (!terminal) return { result: 'offLine' }
      const takes = kindsOf(sourceId).includes(command.kind)
      const [messageId, body] = (takes && messageOf(command, terminal)) || []
      if (messageId === undefined || !body) return { result: 'unsupported' }
      return commandAnswerOf(await orders.send(terminal, messageId, body), UNSUPPORTED)
    },
    async video(sourceId, order) {
      const { channel, on, address } = order
      const terminal = terminalOf(sourceId)
      if (!terminal) return { result: 'offLine' }
      if (!on) return commandAnswerOf(await orders.send(terminal, 0x9102, videoEndBody(channel)), UNSUPPORTED)
      const host = address || terminal.localAddress
      // Over UDP the terminal's own connection does not say where it has connected to.
      if (!host) return { result: 'unsupported', detail: 'media.vehicleVideo.address is not set' }
      return commandAnswerOf(await orders.send(terminal, 0x9101, videoBody(host, order)), UNSUPPORTED)
    }
  }
}
