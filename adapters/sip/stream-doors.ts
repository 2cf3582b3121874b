/** The listeners of TCP, TLS and WebSockets: one whose port somebody else has stops no other line; it is said, and tried again until it opens. */
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Certificate } from './connections.ts'

export interface StreamDoor {
  readonly transport: 'tcp' | 'tls' | 'ws'
  readonly port: number
  readonly certificate?: Certificate
}

const AGAIN_MS = 10_000

export interface StreamDoorsDeps {
  readonly host: Pick<AdapterHost, 'clock' | 'log' | 'notListening'>
  readonly address: string
  listen(door: StreamDoor): Promise<number>
  opened(transport: StreamDoor['transport'], port: number): void
}

/** Never throws; the returned function ends the trying. */
export function openStreamDoors(deps: StreamDoorsDeps, doors: readonly StreamDoor[]): () => void {
  const { host, address } = deps
  const waiting = new Map<StreamDoor, () => void>()
  let closed = false
  const open = async (door: StreamDoor, said?: string): Promise<void> => {
    const { transport, port } = door
    try {
      deps.opened(transport, await deps.listen(door))
    } catch (error) {
      if (closed) return
      const setting = settingOf(transport)
      const why = reasonOf(error)
      if (why !== said) host.log.error({ error: why, port, setting }, 'SIP does not listen here; the other lines go on')
      host.notListening?.({ protocol: transport, address, port, setting }, why)
      waiting.set(
        door,
        host.clock.after(AGAIN_MS, () => void open(door, why))
      )
    }
  }
  for (const door of doors) void open(door)
  return () => {
    closed = true
    for (const cancel of waiting.values()) cancel()
  }
}

export const settingOf = (transport: StreamDoor['transport']): string =>
  ({ tcp: 'adapters.sip.port', tls: 'adapters.sip.tlsPort', ws: 'adapters.sip.wsPort' })[transport]

/** PORT_TAKEN, or the system's own word. */
function reasonOf(error: unknown): string {
  if (error instanceof GatewayError) return error.code
  return error instanceof Error ? error.message : String(error)
}
