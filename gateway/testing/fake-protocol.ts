/** A protocol without a wire: tests of the whole gateway hand signals to it as an adapter would, and see what it is told. */
import Type from 'typebox'
import type { AdapterDefinition } from '../core/adapter.ts'
import type { SourceId } from '../core/brand.ts'
import { COMMAND_KINDS, type CommandAnswer, type DeviceCommand } from '../core/device-command.ts'
import type { Adapter, AdapterHost } from '../core/ports.ts'

export interface FakeProtocol {
  readonly definition: AdapterDefinition
  /** The gateway's side, once it has started. */
  host(): AdapterHost
  /** Sources whose acknowledgement was told to the device. */
  readonly confirmed: SourceId[]
  /** What the devices were told; they take every order and do it, unless `answer` says otherwise. */
  readonly orders: { readonly sourceId: SourceId; readonly command: DeviceCommand }[]
  answer: (command: DeviceCommand) => Promise<CommandAnswer>
}

/** Sources are `fake:…`. `confirmAlarm` may be replaced, e.g. by one that never answers. */
export function createFakeProtocol(confirmAlarm?: Adapter['confirmAlarm']): FakeProtocol {
  let current: AdapterHost | undefined
  const confirmed: SourceId[] = []
  const orders: FakeProtocol['orders'] = []
  const adapter: Adapter = {
    name: 'fake',
    async run(host, abort) {
      current = host
      host.listening({ protocol: 'tcp', address: '127.0.0.1', port: 1, setting: 'adapters.fake.port' })
      await new Promise<void>(resolve => abort.addEventListener('abort', () => resolve()))
    },
    async confirmAlarm(sourceId, eventId) {
      await confirmAlarm?.(sourceId, eventId)
      confirmed.push(sourceId)
    },
    commandsOf: () => COMMAND_KINDS,
    command(sourceId, command) {
      orders.push({ sourceId, command })
      return protocol.answer(command)
    }
  }
  const protocol: FakeProtocol = {
    definition: {
      name: 'fake',
      config: Type.Object(
        { listenIn: Type.Boolean({ default: false }) },
        { additionalProperties: false, default: {}, description: 'for tests' }
      ),
      create: () => adapter
    },
    host() {
      if (!current) throw new Error('the fake protocol does not run')
      return current
    },
    ...{ confirmed, orders },
    answer: async () => ({ result: 'done' })
  }
  return protocol
}
