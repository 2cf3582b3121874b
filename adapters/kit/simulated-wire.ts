/** How a simulated terminal reaches its platform: one TCP connection, or datagrams from a port of its own. */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'

export interface WireEvents {
  connected(): void
  bytes(chunk: Buffer): void
  /** Once, however it ended. */
  closed(): void
}

export interface TerminalWire {
  start(events: WireEvents): void
  write(bytes: Buffer): void
  /** As a lost network does. */
  drop(): void
  /** Resolves when what was written has gone out. */
  end(): Promise<void>
}

export function tcpWire(host: string, port: number): TerminalWire {
  const socket = connect({ host, port, noDelay: true })
  const over = new Promise<void>(resolve => socket.once('close', () => resolve()))
  return {
    start({ connected, bytes, closed }) {
      socket.on('connect', connected)
      socket.on('data', bytes)
      socket.on('error', () => undefined)
      socket.on('close', closed)
    },
    write: bytes => void (socket.writable && socket.write(bytes)),
    drop: () => void socket.destroy(),
    end() {
      socket.destroySoon()
      return over
    }
  }
}

export function udpWire(host: string, port: number): TerminalWire {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const over = new Promise<void>(resolve => socket.once('close', () => resolve()))
  let open = true
  let pending = 0
  let ending = false
  const close = () => {
    if (open) socket.close()
    open = false
  }
  return {
    start({ connected, bytes, closed }) {
      socket.on('message', bytes)
      socket.on('error', close)
      socket.on('close', closed)
      socket.bind(0, connected)
    },
    write(bytes) {
      if (!open || ending) return
      pending += 1
      socket.send(bytes, port, host, () => {
        pending -= 1
        if (ending && pending === 0) close()
      })
    },
    drop: close,
    end() {
      ending = true
      if (pending === 0) close()
      return over
    }
  }
}
