/** Orders of the floor to a taxi that speaks JT/T 905: texts; the unit's 0x0001 is the answer. */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { CommandAnswer, CommandKind, DeviceCommand } from '../../gateway/core/device-command.ts'
import { type Asks, commandAnswerOf, textOf } from '../kit/vehicle-asks.ts'
import type { Jt905Config } from './config.ts'
import type { Isu } from './session.ts'

/** Three programs name this bound; behind the text a NUL. */
const MAX_TEXT_BYTES = 499
const KINDS: readonly CommandKind[] = ['text']

export interface Jt905Commands {
  commandsOf(sourceId: SourceId): readonly CommandKind[]
  command(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer>
}

export interface CommandDeps {
  readonly config: Pick<Jt905Config, 'textAloud'>
  readonly asks: Pick<Asks, 'send'>
  /** The line that speaks for each known vehicle. */
  readonly holders: ReadonlyMap<string, Isu>
}

/** 0x8300; undefined where nothing shows it, or the text is too long. */
export function textBody(text: string, on: 'driver' | 'screen' | 'sign', aloud: boolean): Buffer | undefined {
  const said = textOf(text, on, { aloud, maxBytes: MAX_TEXT_BYTES })
  return said && Buffer.concat([Buffer.from([said.flags]), said.bytes, Buffer.from([0])])
}

export function createCommands({ config, asks, holders }: CommandDeps): Jt905Commands {
  const isuOf = (sourceId: SourceId) => sourceId.slice('jt905:'.length)
  return {
    commandsOf: sourceId => (holders.has(isuOf(sourceId)) ? KINDS : []),
    async command(sourceId, command) {
      const isu = isuOf(sourceId)
      const line = holders.get(isu)
      if (!line) return { result: 'offLine' }
      const body = command.kind === 'text' ? textBody(command.text, command.on, config.textAloud) : undefined
      return body ? commandAnswerOf(await asks.send(line, 0x8300, body, isu)) : { result: 'unsupported' }
    }
  }
}
