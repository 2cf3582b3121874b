/** Orders to a box over `…/cmd` and its word on `…/result`: one id each, a bounded wait, and nothing that could arrive late. */
import { randomUUID } from 'node:crypto'
import type { SourceId } from '../../gateway/core/brand.ts'
import {
  COMMAND_KINDS,
  type CommandAnswer,
  type CommandKind,
  type DeviceCommand
} from '../../gateway/core/device-command.ts'
import { oneLine } from '../../gateway/core/plain-text.ts'
import type { AdapterHost, ArmState } from '../../gateway/core/ports.ts'

/** How a box is reached; QoS 0, never retained: the broker keeps no order for one that is away (a late order is worse than none). */
export interface Outlet {
  connected(sourceId: SourceId): boolean
  send(sourceId: SourceId, payload: object): Promise<void>
}

export interface Commands {
  commandsOf(sourceId: SourceId): readonly CommandKind[]
  command(sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer>
  /** What a box says of itself on `…/info`: which orders it takes, its make, its arm state. */
  info(sourceId: SourceId, origin: string, payload: Uint8Array): void
  /** The box's own answer; one that nobody waits for is counted. */
  result(sourceId: SourceId, origin: string, payload: Uint8Array): void
  gone(sourceId: SourceId): void
  stop(): void
}

/** Orders that this protocol has words for. */
const SPOKEN: ReadonlySet<string> = new Set<CommandKind>(['arm', 'disarm', 'siren', 'relay'])
const MAX_TEXT = 200
const MAX_PARTITIONS = 64
const ARM_STATES: ReadonlySet<string> = new Set<ArmState>(['armed', 'stay', 'disarmed'])

export function createCommands(host: AdapterHost, outlet: Outlet, answerMs: number): Commands {
  /** Of connected boxes only, so that it is no larger than they are many. */
  const abilities = new Map<SourceId, readonly CommandKind[]>()
  const waiting = new Map<string, { readonly sourceId: SourceId; answer(answer: CommandAnswer): void }>()

  const ask = async (sourceId: SourceId, command: DeviceCommand): Promise<CommandAnswer> => {
    const id = randomUUID()
    const { kind, ...rest } = command
    const answered = Promise.withResolvers<CommandAnswer>()
    const cancel = host.clock.after(answerMs, () => answered.resolve({ result: 'noAnswer' }))
    waiting.set(id, { sourceId, answer: answered.resolve })
    try {
      // `until`: a box with a right clock passes over what took too long on the way.
      await outlet.send(sourceId, { v: 1, id, type: kind, ...rest, until: host.clock.now() + answerMs })
      return await answered.promise
    } finally {
      cancel()
      waiting.delete(id)
    }
  }

  return {
    commandsOf: sourceId => (outlet.connected(sourceId) ? (abilities.get(sourceId) ?? []) : []),
    async command(sourceId, command) {
      if (!SPOKEN.has(command.kind)) return { result: 'unsupported' }
      if (!outlet.connected(sourceId)) return { result: 'offLine' }
      if (!abilities.get(sourceId)?.includes(command.kind)) return { result: 'unsupported' }
      return ask(sourceId, command)
    },
    info(sourceId, origin, payload) {
      const said = objectOf(payload)
      if (said?.v !== 1) return host.reject('infoUnreadable', origin, sourceId)
      const listed: readonly unknown[] = Array.isArray(said.commands) ? said.commands : []
      if (outlet.connected(sourceId))
        abilities.set(
          sourceId,
          COMMAND_KINDS.filter(kind => SPOKEN.has(kind) && listed.includes(kind))
        )
      host.sighted({
        ...{ deviceId: sourceId, protocol: 'mqtt', state: 'online', atMs: host.clock.now(), origin },
        ...{ maker: textOf(said.maker), model: textOf(said.model), firmware: textOf(said.firmware) },
        arm: armOf(said.arm)
      })
    },
    result(sourceId, origin, payload) {
      const said = objectOf(payload)
      const known = said?.v === 1 && (said.result === 'done' || said.result === 'refused')
      if (!known || typeof said.id !== 'string') return host.reject('resultUnreadable', origin, sourceId)
      const asked = waiting.get(said.id)
      // A box answers for itself only, and once.
      if (asked?.sourceId !== sourceId) return host.reject('resultUnasked', origin, sourceId)
      waiting.delete(said.id)
      asked.answer({ result: said.result as 'done' | 'refused', detail: textOf(said.text) })
    },
    gone: sourceId => void abilities.delete(sourceId),
    stop() {
      for (const { answer } of waiting.values()) answer({ result: 'noAnswer' })
    }
  }
}

function objectOf(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Without control characters, so that nothing of a box moves a cursor or a line. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? oneLine(value, ' ').slice(0, MAX_TEXT) : undefined

function armOf(value: unknown): Readonly<Record<string, ArmState>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const states = Object.entries(value)
    .filter((entry): entry is [string, ArmState] => entry[0].length <= 16 && ARM_STATES.has(entry[1]))
    .slice(0, MAX_PARTITIONS)
  return states.length > 0 ? Object.fromEntries(states) : undefined
}
